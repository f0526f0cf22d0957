package dev.lasthop.cli.lab;

import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.Listener;
import dev.lasthop.linux.Capability;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A lab's service, for as long as this command runs: a lab has no process of its own. */
public final class LabServe implements Command {
    /** Stateless. */
    public LabServe() {}

    @Override
    public String name() {
        return "lab serve";
    }

    @Override
    public String summary() {
        return "Runs a lab's service until it is interrupted";
    }

    @Override
    public List<String> description() {
        return List.of(
                "A lab is made of namespaces and has no process of its own. This is its service, on TCP and UDP: in the "
                        + "container where it is published, outside otherwise. With the fault listener-on-loopback it listens on "
                        + "127.0.0.1 only; with no-listener there is none.");
    }

    @Override
    public List<Option<?>> options() {
        return List.of(LabWords.NAME);
    }

    @Override
    public Set<Capability> capabilities() {
        return LabWords.CAPABILITIES;
    }

    @Override
    public ExitCode run(Invocation invocation) {
        Lab lab = LabWords.find(invocation.find(LabWords.NAME).orElse(LabWords.DEFAULT_NAME));
        Optional<Listener> listener = LabWords.told(() -> lab.serve(Optional.empty()));
        if (listener.isEmpty()) {
            throw CommandException.failed(
                    "the lab " + lab.name() + " has no service now",
                    "that is its fault no-listener",
                    "lasthop lab mend" + LabWords.option(lab.name()));
        }
        try (Listener _ = listener.get()) {
            invocation
                    .output()
                    .line("Serving on port " + lab.scene().servicePort() + " of "
                            + lab.scene().server().label() + ". Ctrl-C ends it.");
            new CountDownLatch(1).await(); // the signal ends the process
            return ExitCode.DONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.DONE;
        }
    }
}
