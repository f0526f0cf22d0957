package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.NameFailure;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Report;
import java.util.Optional;
import java.util.stream.Stream;

/** Names cannot be resolved, because no name server can be reached. */
public final class DnsUnreachable implements Fault {
    /** Stateless. */
    public DnsUnreachable() {}

    @Override
    public Page page() {
        return new Page(
                "dns-unreachable",
                Group.SOCKETS,
                "No name server can be reached",
                "The destination is a name, and no name server of the source's resolv.conf answers when it is asked "
                        + "from the source. The way to the name server is then diagnosed like any other.",
                "What keeps the queries from the name server is mended, or another name server is named.");
    }

    /** A dossier begins where the name is known: this is found before, by {@link #finding}. */
    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.empty();
    }

    /** @param way what a diagnosis of the way to the first name server says; empty where there was none */
    public Finding finding(NameFailure failure, Optional<Report> way) {
        Optional<Finding> reason = way.flatMap(Report::cause);
        String why = reason.map(cause -> " " + cause.explanation())
                .orElse(
                        way.filter(Report::isHealthy).isPresent()
                                ? " Queries reach it, so it is the name server itself that does not answer."
                                : "");
        Finding finding = Finding.of(
                this,
                reason.map(Finding::confidence).orElse(0.8),
                "%s cannot find out the address of %s: no name server of %s answers.%s"
                        .formatted(failure.source(), failure.name(), failure.file(), why));
        for (NameFailure.Attempt attempt : failure.attempts()) {
            finding = finding.because("dns", "name server " + attempt.server() + ": " + attempt.text());
        }
        if (reason.isPresent()) {
            finding = finding.because(
                            "dns",
                            "its cause is " + reason.get().fault().id() + ": "
                                    + reason.get().fault().title())
                    .because(reason.get().evidence());
            for (Remedy remedy : reason.get().remedies()) {
                finding = finding.mendedBy(remedy);
            }
        }
        return finding.mendedBy(
                Remedy.advice("name a name server in " + failure.file() + " that " + failure.source() + " can reach"));
    }
}
