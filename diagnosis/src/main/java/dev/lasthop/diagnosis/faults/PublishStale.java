package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A published port leads to an address that nobody has any more. */
public final class PublishStale implements Fault {
    /** Stateless. */
    public PublishStale() {}

    @Override
    public Page page() {
        return new Page(
                "publish-stale",
                Group.FIREWALL,
                "The published port leads to an address that nobody has",
                "A rule of type nat translates the destination, and nobody answers for the address that it leads to, or no route "
                        + "goes there: the container came back with another address.",
                "The rule's target is corrected, where one container alone can be meant: a rule before it leads to the "
                        + "container's present address.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return DestinationRules.rewrite(dossier)
                .filter(rewrite -> dossier.stop().side() == Side.REQUEST)
                .filter(rewrite -> dossier.stop()
                        .obstacle()
                        .filter(obstacle ->
                                isAbout(dossier, obstacle, rewrite.after().destination()))
                        .isPresent())
                .flatMap(rewrite -> DestinationRules.rule(dossier, rewrite).map(by -> finding(dossier, rewrite, by)))
                .stream();
    }

    private static boolean isAbout(Dossier dossier, Obstacle obstacle, IpAddress target) {
        return switch (obstacle) {
            case Obstacle.NobodyAnswers nobody ->
                nobody.wanted().equals(target) && nobody.owners().isEmpty();
            case Obstacle.NoRoute none -> none.destination().equals(target);
            case Obstacle.ForwardingOff off -> // it went out by a default route, to somebody who is no router
                off.destination().equals(target)
                        && Bounced.wouldReturn(dossier, off)
                        && dossier.namespace(off.input().namespace())
                                .flatMap(state -> Neighborhood.owner(dossier, state, target))
                                .isEmpty();
            case Obstacle.RouteRefuses refuses -> refuses.destination().equals(target);
            case Obstacle.WrongMac wrong ->
                wrong.nextHop().equals(target) && wrong.owners().isEmpty();
            default -> false;
        };
    }

    private Finding finding(Dossier dossier, Stage.NatRewrite rewrite, Decision by) {
        IpAddress target = rewrite.after().destination();
        return Finding.of(
                        this,
                        Math.max(dossier.agreement(), 0.6) + 0.02,
                        "%s leads port %d on to %s, by the rule '%s', and nobody has that address."
                                .formatted(
                                        rewrite.namespaceName(),
                                        rewrite.before().destinationPort(),
                                        target,
                                        by.text()))
                .as(Verdict.DROPPED)
                .on(Side.REQUEST)
                .because(dossier.bracket())
                .because("rule", "%s %s %s: %s".formatted(by.family(), by.table(), by.chain(), by.text()))
                .because("neighbor", "nobody answers for " + target)
                .mendedBy(remedy(dossier, rewrite, by));
    }

    private static Remedy remedy(Dossier dossier, Stage.NatRewrite rewrite, Decision by) {
        return dossier.before()
                .namespace(rewrite.namespaceName())
                .flatMap(state -> Ruling.of(state, by))
                .filter(ruling -> !ruling.isLegacy())
                .flatMap(ruling -> ruling.rule()
                        .flatMap(rule ->
                                present(dossier, rewrite).map(address -> corrected(rewrite, by, rule, address))))
                .orElseGet(() -> Remedy.advice(
                        "publish the port again, for the container's present address",
                        "lasthop publish ENDPOINT " + rewrite.before().destinationPort() + ":"
                                + rewrite.after().destinationPort()));
    }

    private static Remedy corrected(Stage.NatRewrite rewrite, Decision by, FirewallRule rule, IpAddress present) {
        Place place = Place.parse(rewrite.namespaceName());
        IpAddress gone = rewrite.after().destination();
        if (DestinationRules.target(rule).isEmpty()) {
            return before(rewrite, place, present);
        }
        RuleMessage message = RuleMessage.of(
                        OwnTable.of(by.family()),
                        by.table(),
                        by.chain(),
                        DestinationRules.leadingTo(rule.expressions(), gone, present),
                        "lasthop")
                .at(by.handle());
        String line = "nft 'insert rule %s %s %s position %d %s'"
                .formatted(
                        by.family(),
                        by.table(),
                        by.chain(),
                        by.handle(),
                        by.text().replace(gone.toString(), present.toString()));
        return Remedy.of(
                "lead the port to " + present + ", where the container is now",
                "host",
                new FirewallStep(place, List.of(new FirewallStep.Insert(message)), List.of(place.run(line))));
    }

    /** Where the target comes from a map, which others' rules may share: a rule of our own, in a chain that is asked before. */
    private static Remedy before(Stage.NatRewrite rewrite, Place place, IpAddress present) {
        Flow called = rewrite.before();
        int port = rewrite.after().destinationPort();
        OwnTable.Hook hook = rewrite.hook() == Hook.OUTPUT ? OwnTable.Hook.OUTPUT : OwnTable.Hook.PREROUTING;
        OwnTable own = OwnTable.nat(
                place, OwnTable.of(called.destination().family()), OwnTable.MENDED, hook, hook.natPriority() - 10);
        String words = "%s daddr %s %s dport %d dnat to %s:%d"
                .formatted(
                        OwnTable.word(called.destination().family()),
                        called.destination(),
                        called.protocol(),
                        called.destinationPort(),
                        present.family() == Family.IPV6 ? "[" + present + "]" : present,
                        port);
        return Remedy.of(
                "lead the port to " + present + ", where the container is now",
                "host",
                own.with(
                                own.rule()
                                        .destination(Prefix.of(called.destination()))
                                        .destinationPort(called.protocol(), called.destinationPort())
                                        .destinationNat(present, port),
                                words)
                        .step());
    }

    /** The address of the one container on that segment that listens on the port; where none is known to listen, of the only one. */
    private static Optional<IpAddress> present(Dossier dossier, Stage.NatRewrite rewrite) {
        List<NamespaceState> near = dossier.stop().obstacle().stream()
                .filter(Obstacle.NobodyAnswers.class::isInstance)
                .flatMap(obstacle -> ((Obstacle.NobodyAnswers) obstacle).reached().stream())
                .map(dev.lasthop.path.Place::namespace)
                .distinct()
                .flatMap(inode -> dossier.namespace(inode).stream())
                .filter(state -> !state.name().equals(rewrite.namespaceName()))
                .toList();
        List<NamespaceState> listening = near.stream()
                .filter(state -> state.sockets().stream()
                        .anyMatch(socket -> socket.port() == rewrite.after().destinationPort()
                                && socket.protocol().equals(rewrite.after().protocol())))
                .toList();
        List<NamespaceState> meant = listening.isEmpty() ? near : listening;
        return meant.size() == 1 ? address(meant.getFirst(), rewrite.after().destination()) : Optional.empty();
    }

    private static Optional<IpAddress> address(NamespaceState state, IpAddress gone) {
        return state.addresses().stream()
                .map(InterfaceAddress::prefix)
                .filter(prefix -> prefix.contains(gone))
                .map(prefix -> prefix.address())
                .findFirst();
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "published",
                Injection.Ask.OUTSIDE_CALLS_PUBLISHED,
                Verdict.DROPPED,
                Side.REQUEST,
                scene -> Injected.stalePublishing(scene, Family.IPV4)));
    }
}
