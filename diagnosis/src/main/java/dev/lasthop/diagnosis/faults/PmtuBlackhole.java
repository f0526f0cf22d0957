package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Evidence;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Filtering;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.filter.FilterWalk;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.tracing.Sighting;
import dev.lasthop.wiring.step.LinkStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A link takes smaller packets only, and the error that says so is filtered. */
public final class PmtuBlackhole implements Fault {
    private static final int UNREACHABLE = 3; // ICMP_DEST_UNREACH
    private static final int FRAGMENTATION_NEEDED = 4; // ICMP_FRAG_NEEDED
    private static final int TOO_BIG = 2; // ICMPV6_PKT_TOOBIG
    private static final int ERROR_BYTES = 576; // with what it quotes
    private static final int ERROR_BYTES_6 = 1280;
    private static final int TIME_TO_LIVE = 64;

    /** Stateless. */
    public PmtuBlackhole() {}

    @Override
    public Page page() {
        return new Page(
                "pmtu-blackhole",
                Group.SIZES,
                "Large packets vanish: the error that says so is filtered",
                "A small packet comes through and a large one does not; the egress MTU is smaller "
                        + "(PKT_TOO_BIG), and the fragmentation-needed (packet-too-big) error never reaches the "
                        + "source.",
                "The source's interface gets the smaller MTU (or TCP's MSS is clamped); for good, the "
                        + "error is let through.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.TooBig.class)
                .filter(big -> isSilent(dossier, big))
                .map(big -> Sizes.tooBig(this, dossier, big)
                        .because(
                                "icmp",
                                "no fragmentation-needed error reached "
                                        + dossier.asked().source())
                        .because(dossier.experiments().small().stream()
                                .filter(works -> works)
                                .map(works -> new Evidence("seen", "a small packet comes through"))
                                .toList()));
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge", Injection.Ask.CONTAINER_PINGS_WORLD_LARGE, Verdict.DROPPED, Side.REQUEST, scene -> {
                    var steps = new java.util.ArrayList<dev.lasthop.wiring.step.Step>(List.of(
                            new LinkStep.Mtu(scene.node(), scene.uplink(), 1400),
                            new LinkStep.Mtu(scene.outside(), scene.outsideLink(), 1400)));
                    steps.add(OwnTable.dropTooBig(scene.node()));
                    return steps;
                }));
    }

    /** Whether the sender never learns: it is not the sender itself that finds out, and no error came back. */
    static boolean isSilent(Dossier dossier, Obstacle.TooBig big) {
        if (big.sender()) {
            return false;
        }
        boolean told = dossier.observation().probes().stream()
                .anyMatch(probe -> probe.error().contains("fragmentation needed")
                        || probe.error().contains("too big")
                        || probe.error().equals("EMSGSIZE"));
        boolean arrived = dossier.observation().sightings().stream()
                .anyMatch(sighting -> sighting.kind() == Sighting.Kind.ERROR
                        && sighting.namespace()
                                == dossier.prediction().question().source()
                        && sighting.direction() == Direction.IN
                        && (sighting.text().contains("fragmentation needed")
                                || sighting.text().contains("too big")));
        return !told && (!arrived || isFilteredAtSource(dossier));
    }

    /** The error is seen to come in, and the sender's own packet filter throws it away. */
    private static boolean isFilteredAtSource(Dossier dossier) {
        NamespaceState source = dossier.source();
        return dossier.observation().sightings().stream()
                .filter(sighting -> sighting.kind() == Sighting.Kind.ERROR
                        && sighting.namespace() == source.inode()
                        && sighting.direction() == Direction.IN)
                .flatMap(sighting -> sighting.flow().stream()
                        .map(quoted -> new FilterWalk()
                                .decide(source, Filtering.Layer.IP, Hook.INPUT, error(quoted, sighting.link()))))
                .anyMatch(outcome -> outcome.verdict() == HookOutcome.Verdict.DROP);
    }

    /** The error about a packet of this flow, from somebody on its way. */
    private static PacketState error(Flow quoted, IfIndex in) {
        boolean four = quoted.source().family() == Family.IPV4;
        Protocol protocol = four ? Protocol.ICMP : Protocol.ICMPV6;
        return new PacketState(
                new Flow(protocol, quoted.destination(), 0, quoted.source(), 0),
                four ? ERROR_BYTES : ERROR_BYTES_6,
                false,
                TIME_TO_LIVE,
                0,
                in,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                Optional.empty(),
                Optional.empty(),
                0,
                four ? UNREACHABLE : TOO_BIG,
                four ? FRAGMENTATION_NEEDED : 0,
                new PacketState.Tracking(PacketState.Tracking.State.RELATED, true, Optional.of(quoted), 0, 0));
    }
}
