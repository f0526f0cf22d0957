package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.wiring.step.ConntrackStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** No room for another connection. */
public final class ConntrackFull implements Fault {
    private static final int MARK = 0x1a57; // of the connections that never were

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
                            .mendedBy(Remedy.of(
                                            "raise the maximum, which is the whole machine's",
                                            "host",
                                            new SysctlStep(Place.HOST, key, Long.toString(now.maximum() * 2)))
                                    .persistently("put '" + key + " = " + now.maximum() * 2 + "' into /etc/sysctl.d/"));
                });
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(new ConntrackStep.Fill(scene.node(), MARK)))
                .lastSeenAt(ConntrackFull::beforeTracking)
                .notMendable()); // by what would change the whole machine for a throw-away network
    }

    /** With bridge-nf-call-iptables a frame is tracked before the bridge has it. */
    private static String beforeTracking(Scene scene) {
        boolean early = scene.now(scene.node())
                        .sysctls()
                        .number("net/bridge/bridge-nf-call-iptables")
                        .orElse(0)
                == 1;
        return (early ? At.HOST_END_IN : At.BRIDGE_IN).apply(scene);
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
