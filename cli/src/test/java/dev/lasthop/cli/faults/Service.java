package dev.lasthop.cli.faults;

import dev.lasthop.lab.Lab;
import dev.lasthop.lab.Listener;
import dev.lasthop.lab.Question;
import java.util.Optional;

/** The service that the network has, as the fault that is in it has it. */
final class Service implements AutoCloseable {
    private final Lab lab;
    private final boolean wanted;
    private Optional<Listener> open = Optional.empty();

    Service(Lab lab, Question question) {
        this.lab = lab;
        this.wanted = question.port().isPresent();
    }

    void open(String fault) {
        close();
        open = wanted ? lab.serve(Optional.of(fault)) : Optional.empty();
    }

    @Override
    public void close() {
        open.ifPresent(Listener::close);
        open = Optional.empty();
    }
}
