package dev.lasthop.cli.flow;

import dev.lasthop.address.Protocol;
import dev.lasthop.containers.Endpoint;
import dev.lasthop.diagnosis.NameFailure;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.investigation.Investigator;
import dev.lasthop.investigation.NameDiagnosis;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import dev.lasthop.tracing.Level;

/** A host name whose servers could not be heard: there is no address to send anything to, and a network fault to be found all the same. */
final class UnresolvedName extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Endpoint source;
    private final transient NameFailure failure;
    private final transient Protocol protocol;
    private final String destination;
    private final Level level;

    /** @param source stays open until {@link #examine} */
    UnresolvedName(Endpoint source, NameFailure failure, String destination, Protocol protocol, Level level) {
        super("no name server answered for " + destination);
        this.source = source;
        this.failure = failure;
        this.destination = destination;
        this.protocol = protocol;
        this.level = level;
    }

    /** Why the name servers cannot be heard. */
    Report examine() {
        try (Endpoint place = source) {
            return NameDiagnosis.examine(
                    new Investigator(Namespaces.find(), Recorder.full()),
                    place.namespace(),
                    destination,
                    protocol,
                    failure,
                    level);
        }
    }
}
