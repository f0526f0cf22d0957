package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** Frames between two ports of a bridge are filtered as if they were forwarded. */
public final class BridgeNetfilter implements FilterFault {
    /** Stateless. */
    public BridgeNetfilter() {}

    @Override
    public Page page() {
        return new Page(
                "bridge-netfilter",
                Group.LINKS,
                "The IP firewall drops what stays on one bridge",
                "net.bridge.bridge-nf-call-iptables (or ip6tables) is 1, so that frames between two ports "
                        + "of one bridge are shown to the IP forward chains, and one of these drops. Or a node bridges packets before it "
                        + "routes them: what the rules made of them on the bridge holds, and they are not translated later.",
                "The flow is accepted in that chain; or the sysctl is switched off where nothing needs " + "it.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(
                FilterFault.super.examine(dossier),
                BridgedFirst.in(dossier).stream().map(found -> bridgedFirst(dossier, found)));
    }

    private Finding bridgedFirst(Dossier dossier, BridgedFirst found) {
        var off = new SysctlStep(Place.parse(found.node().name()), found.setting(), "0");
        return Finding.of(
                        this,
                        0.96,
                        "%s bridges the packets before it routes them, and shows them to the IP rules on the bridge: that settles their connection, and when they leave by the uplink no rule of type nat is asked any more."
                                .formatted(found.node().name()))
                .because(dossier.bracket())
                .because(
                        "sysctl",
                        "%s is 1 in %s".formatted(found.setting(), found.node().name()))
                .mendedBy(Remedy.of("leave bridged frames to the bridge", "namespace", off)
                        .undoneBy(new SysctlStep(Place.parse(found.node().name()), found.setting(), "1"))
                        .persistently("put '" + found.setting() + " = 0' into /etc/sysctl.d/"));
    }

    @Override
    public List<Injection> injections() {
        return Injection.inEach(family -> family == Family.IPV4 ? dropped() : unasked());
    }

    /** ARP is none of the IP rules' business: the packet is sent, and dropped. */
    private static Injection dropped() {
        return Injection.of(
                        "siblings",
                        Injection.Ask.CONTAINER_PINGS_SECOND,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(shown(scene, "iptables"), dropping(scene)))
                .lastSeenAt(At.HOST_END_IN);
    }

    /** Neighbour discovery is IPv6 and dropped too: nothing is sent. */
    private static Injection unasked() {
        return Injection.of(
                        "siblings",
                        Injection.Ask.CONTAINER_PINGS_SECOND,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(scene, shown(scene, "ip6tables"), dropping(scene)))
                .lastSeenAt(At.CONTAINER_OUT);
    }

    private static Step shown(Scene scene, String rules) {
        return new SysctlStep(scene.node(), "net.bridge.bridge-nf-call-" + rules, "1");
    }

    private static Step dropping(Scene scene) {
        return OwnTable.dropping(scene.node(), TableFamily.INET, OwnTable.BROKEN, OwnTable.Hook.FORWARD, 0)
                .step();
    }
}
