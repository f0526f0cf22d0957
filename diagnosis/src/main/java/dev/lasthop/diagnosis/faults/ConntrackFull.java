package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.NamespaceState;
import java.util.stream.Stream;

/** No room for another connection. */
public final class ConntrackFull implements Fault {
    /** Stateless. */
    public ConntrackFull() {}

    @Override
    public Page page() {
        return new Page(
                "conntrack-full",
                Group.FIREWALL,
                "The connection tracking table is full",
                "There are as many entries as nf_conntrack_max allows, and the statistics count drops: first packets of new connections "
                        + "are dropped before any rule is asked, while known connections go on.",
                "The maximum is raised, for the whole machine.");
    }

    @Override
    public boolean isIntermittent() {
        return true;
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.after().namespaces().stream()
                .filter(state -> isFull(state.conntrack()) && dropped(dossier, state) > 0)
                .limit(1)
                .map(state -> {
                    Conntrack now = state.conntrack();
                    String key = "net.netfilter.nf_conntrack_max";
                    return Finding.of(
                                    this,
                                    0.96,
                                    "%s tracks %d connections and may track %d: it drops the first packet of every new one."
                                            .formatted(state.name(), now.count(), now.maximum()))
                            .because(dossier.bracket())
                            .because("conntrack", now.count() + " of " + now.maximum() + " entries")
                            .because("counter", dropped(dossier, state) + " packets dropped meanwhile")
                            .mendedBy(Remedy.advice(
                                            "raise the maximum, which is the whole machine's",
                                            "sysctl -w " + key + "=" + now.maximum() * 2)
                                    .persistently("put '" + key + " = " + now.maximum() * 2 + "' into /etc/sysctl.d/"));
                });
    }

    private static boolean isFull(Conntrack now) {
        return now.maximum() > 0 && now.count() >= now.maximum();
    }

    private static long dropped(Dossier dossier, NamespaceState state) {
        long earlier = dossier.namespace(state.inode())
                .map(before -> before.conntrack().statistics().getOrDefault("drop", 0L))
                .orElse(0L);
        return state.conntrack().statistics().getOrDefault("drop", 0L) - earlier;
    }
}
