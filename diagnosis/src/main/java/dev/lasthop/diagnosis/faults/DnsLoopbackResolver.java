package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.NameFailure;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import java.util.stream.Stream;

/** The source was given the host's own stub resolver, which is not in the source's namespace. */
public final class DnsLoopbackResolver implements Fault {
    /** Stateless. */
    public DnsLoopbackResolver() {}

    @Override
    public Page page() {
        return new Page(
                "dns-loopback-resolver",
                Group.SOCKETS,
                "The name server is a loopback address at which nobody listens",
                "The source's resolv.conf names 127.0.0.53 or another loopback address, which means the source itself, "
                        + "and a query to it is refused: the stub resolver that is meant runs in another namespace.",
                "The real name servers are named instead.");
    }

    /** A dossier begins where the name is known: this is found before, by {@link #finding}. */
    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.empty();
    }

    public Finding finding(NameFailure failure) {
        String server = failure.attempts().getFirst().server().toString();
        Finding finding = Finding.of(
                this,
                0.97,
                ("%s asks %s for the address of %s, as %s says. That is a loopback address: it means %s itself, and nobody "
                                + "listens on port 53 there. A stub resolver of the host cannot be reached from another namespace.")
                        .formatted(failure.source(), server, failure.name(), failure.file(), failure.source()));
        for (NameFailure.Attempt attempt : failure.attempts()) {
            finding = finding.because("dns", "name server " + attempt.server() + ": " + attempt.text());
        }
        return finding.because("socket", "nobody listens on " + server + " port 53 in " + failure.source())
                .mendedBy(Remedy.advice(
                        "name the real name servers in " + failure.file()
                                + " (systemd-resolved keeps them in /run/systemd/resolve/resolv.conf)",
                        "resolvectl dns"));
    }
}
