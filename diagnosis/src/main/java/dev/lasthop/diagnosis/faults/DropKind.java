package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Filtering;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.Path;
import dev.lasthop.path.Prediction;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Nine causes and more give one and the same drop reason. Which of them it is, the most specific first. */
final class DropKind {
    private static final Set<String> ENGINES =
            Set.of("docker", "podman", "cni", "lasthop", "kubernetes", "calico", "cilium", "flannel", "lxd", "libvirt");
    private static final Set<String> ISOLATING = Set.of("docker", "podman", "cni", "lasthop");

    private DropKind() {}

    static FilterDrops classify(Dossier dossier, FilterEvidence found) {
        Obstacle.Filtered filtered = found.filtered();
        Optional<Ruling> ruling =
                filtered.outcome().decisive().flatMap(by -> Ruling.of(dossier, filtered.namespace(), by));
        return new FilterDrops(
                id(dossier, filtered, ruling), found.side(), filtered, ruling, found.confidence(), found.traced());
    }

    private static String id(Dossier dossier, Obstacle.Filtered filtered, Optional<Ruling> ruling) {
        return special(dossier, filtered, ruling).orElseGet(() -> byHook(dossier, filtered));
    }

    private static Optional<String> special(Dossier dossier, Obstacle.Filtered filtered, Optional<Ruling> ruling) {
        if (filtered.layer() == Filtering.Layer.BRIDGE) {
            return Optional.of("l2-filter-drop");
        }
        if (filtered.layer() == Filtering.Layer.NETDEV
                || filtered.hook() == Hook.INGRESS
                || filtered.hook() == Hook.EGRESS) {
            return Optional.of("ingress-filter-drop");
        }
        if (filtered.outcome().verdict() == HookOutcome.Verdict.QUEUE) {
            return Optional.of("nfqueue-no-listener");
        }
        if (ruling.flatMap(Ruling::rule).filter(Ruling::asksForInvalid).isPresent() && isMaybeInvalid(filtered)) {
            return Optional.of("conntrack-invalid");
        }
        if (isIsolation(filtered, ruling)) {
            return Optional.of("network-isolation");
        }
        if (filtered.bridged() && filtered.hook() == Hook.FORWARD) {
            return Optional.of("bridge-netfilter");
        }
        if (isLimited(ruling)) {
            return Optional.of("rate-limited");
        }
        if (filtered.outcome().verdict() == HookOutcome.Verdict.REJECT) {
            return Optional.of("firewall-reject");
        }
        if (isAboutIcmpAlone(dossier, filtered, ruling)) {
            return Optional.of("icmp-blocked");
        }
        if (ruling.filter(DropKind::isOfTheOtherGeneration).isPresent()) {
            return Optional.of("legacy-and-nft");
        }
        return accepted(filtered)
                .map(before -> isOfTheOtherGeneration(filtered, before) ? "legacy-and-nft" : "accept-not-final");
    }

    /** Whether of an acceptance and the drop after it one is of iptables-legacy, and the other of nf_tables. */
    private static boolean isOfTheOtherGeneration(Obstacle.Filtered filtered, Decision accepted) {
        return filtered.outcome()
                .decisive()
                .filter(drop -> isLegacy(drop) != isLegacy(accepted))
                .isPresent();
    }

    private static boolean isLegacy(Decision decision) {
        return decision.generation().equals("legacy");
    }

    private static boolean isMaybeInvalid(Obstacle.Filtered filtered) {
        PacketState.Tracking.State state =
                filtered.outcome().packet().tracking().state();
        return state == PacketState.Tracking.State.INVALID
                || filtered.outcome()
                        .decisive()
                        .filter(by -> by.text().toLowerCase(Locale.ROOT).matches(".*state [\"a-z,]*invalid.*"))
                        .isPresent();
    }

    /** By the names that engines give their chains; or a rule of theirs that comes between two bridges. */
    private static boolean isIsolation(Obstacle.Filtered filtered, Optional<Ruling> ruling) {
        Optional<Decision> by = filtered.outcome().decisive();
        boolean named = by.filter(
                        decision -> decision.chain().toLowerCase(Locale.ROOT).contains("isolation"))
                .isPresent();
        if (named) {
            return true;
        }
        return filtered.hook() == Hook.FORWARD
                && by.filter(decision -> !decision.policy()).isPresent()
                && ruling.filter(found -> ISOLATING.contains(found.owner())).isPresent()
                && isBetweenBridges(ruling.get().namespace(), filtered.outcome().packet());
    }

    private static boolean isBetweenBridges(NamespaceState state, PacketState packet) {
        return !packet.in().equals(packet.out())
                && Stream.of(packet.in(), packet.out())
                        .allMatch(index -> state.link(index)
                                .filter(link -> link.kind().equals("bridge"))
                                .isPresent());
    }

    private static boolean isLimited(Optional<Ruling> ruling) {
        return ruling.filter(DropKind::isLimited).isPresent();
    }

    /** Whether the rule itself limits, or a rule before it in its chain accepts (or lets by) up to a limit. */
    static boolean isLimited(Ruling ruling) {
        return ruling.rule().filter(Ruling::limits).isPresent()
                || ruling.before().stream()
                        .anyMatch(rule -> Ruling.limits(rule)
                                && (rule.text().contains("accept")
                                        || rule.text().contains("return")));
    }

    private static boolean isAboutIcmpAlone(Dossier dossier, Obstacle.Filtered filtered, Optional<Ruling> ruling) {
        return dossier.asked().protocol().isIcmp()
                && ruling.flatMap(Ruling::rule).filter(Ruling::isAboutIcmp).isPresent()
                && (IcmpBlocked.othersPass(dossier)
                        || dossier.experiments().others().stream()
                                .filter(other -> other.question().protocol().equals(dev.lasthop.address.Protocol.TCP))
                                .anyMatch(other -> paths(other).noneMatch(path -> stopsAt(path, filtered))));
    }

    private static Stream<Path> paths(Prediction prediction) {
        return Stream.concat(Stream.of(prediction.request()), prediction.reply().stream());
    }

    private static boolean stopsAt(Path path, Obstacle.Filtered filtered) {
        return path.obstacle()
                .filter(obstacle -> obstacle instanceof Obstacle.Filtered other
                        && other.namespace() == filtered.namespace()
                        && other.hook() == filtered.hook())
                .isPresent();
    }

    private static boolean isOfTheOtherGeneration(Ruling ruling) {
        return !ENGINES.contains(ruling.owner())
                && engineTables(ruling)
                        .anyMatch(table -> table.generation() != ruling.table().generation())
                && engineTables(ruling)
                        .noneMatch(table -> table.generation() == ruling.table().generation());
    }

    private static Stream<FirewallTable> engineTables(Ruling ruling) {
        return ruling.namespace().firewall().tables().stream()
                .filter(table ->
                        !table.name().equals(OwnTable.MENDED) && !table.name().equals(OwnTable.BROKEN))
                .filter(table -> ENGINES.contains(table.owner())
                        || table.chains().stream()
                                .anyMatch(chain -> ENGINES.contains(table.owner(chain, Optional.empty()))
                                        || chain.rules().stream()
                                                .anyMatch(rule ->
                                                        ENGINES.contains(table.owner(chain, Optional.of(rule))))));
    }

    /** What another base chain of the hook said of the packet before it was dropped, if that was to accept it. */
    private static Optional<Decision> accepted(Obstacle.Filtered filtered) {
        return filtered.outcome()
                .decisive()
                .flatMap(drop -> filtered.outcome().matched().stream()
                        .filter(decision -> FilterDrops.isAccept(decision)
                                && decision.hook() == drop.hook()
                                && !isSameBase(decision, drop))
                        .findFirst());
    }

    private static boolean isSameBase(Decision one, Decision other) {
        return one.generation().equals(other.generation())
                && one.family().equals(other.family())
                && one.table().equals(other.table())
                && one.baseChain().equals(other.baseChain());
    }

    private static String byHook(Dossier dossier, Obstacle.Filtered filtered) {
        boolean policy = filtered.outcome().decisive().filter(Decision::policy).isPresent();
        return switch (filtered.hook()) {
            case OUTPUT -> "output-drop";
            case FORWARD -> policy ? "forward-policy-drop" : "forward-rule-drop";
            case INPUT -> isOwnNode(dossier, filtered) ? "input-drop" : "destination-input-drop";
            case PREROUTING -> "prerouting-drop";
            case POSTROUTING -> "postrouting-drop";
            case INGRESS, EGRESS -> "ingress-filter-drop";
        };
    }

    /** Whether a container calls the node that it is wired to: the packet comes in by a bridge, or over the sender's own gateway. */
    private static boolean isOwnNode(Dossier dossier, Obstacle.Filtered filtered) {
        if (filtered.namespace() == dossier.prediction().question().source()) {
            return false;
        }
        Optional<NamespaceState> state = dossier.namespace(filtered.namespace());
        Optional<Link> in =
                state.flatMap(known -> known.link(filtered.outcome().packet().in()));
        boolean bridge = in.filter(link -> link.kind().equals("bridge")).isPresent();
        boolean gateway = state.isPresent()
                && dossier.source().routes().stream()
                        .flatMap(route -> route.nextHops().stream())
                        .flatMap(hop -> hop.gateway().stream())
                        .anyMatch(state.get()::owns);
        return bridge || gateway;
    }
}
