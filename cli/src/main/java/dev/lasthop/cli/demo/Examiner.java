package dev.lasthop.cli.demo;

import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.investigation.Inquiry;
import dev.lasthop.investigation.Investigator;
import dev.lasthop.lab.Question;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import dev.lasthop.tracing.Level;
import dev.lasthop.wiring.step.Places;

/** Answers a question by the whole method, on the kernel as it is at that moment. */
@FunctionalInterface
interface Examiner {
    int PROBES = 3;

    Report examine(Question question);

    /** The real one. */
    static Examiner live() {
        return question -> {
            try (Places places = Places.here()) {
                NetworkNamespace source = places.at(question.source()).namespace();
                var inquiry = new Inquiry(
                        question.source().label(),
                        source,
                        question.destination(),
                        question.address(),
                        question.port().isPresent()
                                ? Protocol.TCP
                                : Protocol.icmp(question.address().family()),
                        question.port().orElse(0),
                        question.size().orElse(0),
                        false,
                        question.sourcePort().orElse(0),
                        PROBES,
                        Level.BPF);
                // namespaces come and go while the demo plays: they are looked up anew each time
                return new Investigator(Namespaces.find(), Recorder.full())
                        .investigate(inquiry)
                        .report();
            }
        };
    }
}
