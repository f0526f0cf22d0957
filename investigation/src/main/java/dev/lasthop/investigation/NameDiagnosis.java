package dev.lasthop.investigation;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.NameFailure;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.diagnosis.faults.DnsLoopbackResolver;
import dev.lasthop.diagnosis.faults.DnsUnreachable;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.tracing.Level;
import java.util.List;
import java.util.Optional;

/** The answer where there was no address to send anything to: why the source's name servers cannot be heard. */
public final class NameDiagnosis {
    private static final int PORT = 53;
    private static final int PROBES = 3;

    private NameDiagnosis() {}

    /**
     * Finds out what keeps the source from its name servers, by the ordinary investigation of the way to the first of them.
     *
     * @param namespace the source's
     * @param destination as it was written
     * @param protocol of the flow that was asked for
     * @param failure one that {@linkplain NameFailure#isUnheard no server answered}
     */
    public static Report examine(
            Investigator investigator,
            NetworkNamespace namespace,
            String destination,
            Protocol protocol,
            NameFailure failure,
            Level level) {
        if (failure.isDeadLoopback()) {
            return report(failure, destination, protocol, new DnsLoopbackResolver().finding(failure), Optional.empty());
        }
        Optional<Report> way = failure.attempts().stream()
                .map(NameFailure.Attempt::server)
                .filter(server -> !server.isLoopback())
                .findFirst()
                .map(server -> investigator
                        .investigate(question(failure, namespace, server, level))
                        .report());
        return report(failure, destination, protocol, new DnsUnreachable().finding(failure, way), way);
    }

    private static Inquiry question(NameFailure failure, NetworkNamespace namespace, IpAddress server, Level level) {
        return new Inquiry(
                failure.source(), namespace, server.toString(), server, Protocol.UDP, PORT, 0, false, 0, PROBES, level);
    }

    /** The flow's own packets were never sent; the hops and counts are those of the questions to the name server. */
    private static Report report(
            NameFailure failure, String destination, Protocol protocol, Finding cause, Optional<Report> way) {
        return new Report(
                failure.source(),
                destination,
                protocol.toString(),
                way.map(Report::family).orElse("ipv4"),
                Verdict.NOT_SENT,
                Side.REQUEST,
                way.flatMap(Report::lastHop),
                way.flatMap(Report::nextHop),
                Optional.of(cause),
                List.of(),
                way.map(Report::hops).orElse(List.of()),
                way.map(Report::probes).orElse(new Report.Counts(0, 0, 0)),
                way.map(Report::level).orElse(Level.TAPS.toString()),
                way.map(Report::notes).orElse(List.of()),
                way.map(Report::elapsedMillis).orElse(0L));
    }
}
