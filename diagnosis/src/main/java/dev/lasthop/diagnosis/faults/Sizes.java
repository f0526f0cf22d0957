package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.Link;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.Optional;
import java.util.stream.Stream;

/** What is said of packets that are larger than the way takes. */
final class Sizes {
    private Sizes() {}

    static Finding tooBig(Fault fault, Dossier dossier, Obstacle.TooBig big) {
        Finding finding = Finding.of(
                        fault,
                        dossier.agreement(),
                        "The packet has %d bytes and may not be cut; %s takes %d at most%s."
                                .formatted(
                                        big.length(),
                                        big.out(),
                                        big.mtu(),
                                        big.byRoute() ? " by its route's own MTU" : ""))
                .because(dossier.bracket())
                .because("link", "%s: MTU %d, packet %d bytes".formatted(big.out(), big.mtu(), big.length()));
        if (big.byRoute()) {
            return finding.mendedBy(routeWithoutLimit(dossier, big)
                    .orElseGet(() -> smaller(dossier, sender(dossier).orElse(big.out()), big)));
        }
        return finding.mendedBy(smaller(dossier, sender(dossier).orElse(big.out()), big));
    }

    /** The first interface that the packet leaves by: the sender's. */
    static Optional<Place> sender(Dossier dossier) {
        return dossier.prediction().request().passages().stream()
                .findFirst()
                .map(Passage::hop)
                .flatMap(hop -> dossier.namespace(hop.namespace())
                        .flatMap(state -> state.link(hop.link()).map(link -> Place.of(state, link))));
    }

    /**
     * Programs that let the kernel cut their packets, and TCP, go by the interface's MTU. A probe with DF set still does not pass, so
     * the narrow link is widened where the limit is a link's that this host owns at both ends.
     */
    private static Remedy smaller(Dossier dossier, Place from, Obstacle.TooBig big) {
        Optional<Link> peer = dossier.namespace(big.out().namespace())
                .flatMap(state -> state.link(big.out().link())
                        .flatMap(link -> dossier.before().lower(state, link).map(place -> place.link())));
        boolean own = !big.byRoute()
                && dossier.namespace(big.out().namespace())
                        .flatMap(state -> state.link(big.out().link()))
                        .filter(link -> link.kind().equals("veth"))
                        .isPresent()
                && peer.isPresent();
        int was = dossier.namespace(from.namespace())
                .flatMap(state -> state.link(from.link()))
                .map(Link::mtu)
                .orElse(big.length());
        if (!own) {
            return Remedy.of(
                            "give the sender the MTU of the narrowest link, %d".formatted(big.mtu()),
                            "interface",
                            new LinkStep.Mtu(Where.of(from), from.linkName(), big.mtu()))
                    .undoneBy(new LinkStep.Mtu(Where.of(from), from.linkName(), was));
        }
        var place = dossier.namespace(big.out().namespace())
                .flatMap(state -> state.link(big.out().link())
                        .flatMap(link -> dossier.before().lower(state, link)))
                .orElseThrow();
        var far = Place.of(place.namespace(), place.link());
        return Remedy.of(
                        "let %s, whose two ends are both here, take packets of %d bytes"
                                .formatted(big.out().linkName(), big.length()),
                        "interface",
                        Stream.concat(
                                        Stream.of(
                                                new LinkStep.Mtu(Where.of(far), far.linkName(), big.length()),
                                                new LinkStep.Mtu(
                                                        Where.of(big.out()),
                                                        big.out().linkName(),
                                                        big.length())),
                                        forget(dossier, from))
                                .toList())
                .undoneBy(
                        new LinkStep.Mtu(Where.of(big.out()), big.out().linkName(), big.mtu()),
                        new LinkStep.Mtu(
                                Where.of(far), far.linkName(), place.link().mtu()));
    }

    /** The sender remembers for ten minutes what it was told of the path's MTU, and sends nothing larger. */
    private static Stream<Step> forget(Dossier dossier, Place from) {
        return dossier.prediction().question().destination().family() == Family.IPV4
                ? Stream.of(new SysctlStep(Where.of(from), "net.ipv4.route.flush", "1"))
                : Stream.empty();
    }

    /** Takes the limit off the route that has it, where its link would take the packet. */
    private static Optional<Remedy> routeWithoutLimit(Dossier dossier, Obstacle.TooBig big) {
        return dossier.broken().elements(Stage.RoutingDecision.class).stream()
                .filter(decision -> decision.out().equals(big.out())
                        && decision.route().mtu().isPresent()
                        && linkMtu(dossier, big.out()) >= big.length())
                .findFirst()
                .map(decision -> {
                    RouteTo limited = Where.route(dossier, big.out().namespace(), decision.route());
                    return Remedy.of(
                                    "take the limit of %d bytes off the route to %s"
                                            .formatted(
                                                    big.mtu(), decision.route().destination()),
                                    "namespace",
                                    Stream.concat(
                                                    Stream.of(
                                                            new RouteStep.Replace(Where.of(big.out()), limited.mtu(0))),
                                                    forget(
                                                            dossier,
                                                            sender(dossier).orElse(big.out())))
                                            .toList())
                            .undoneBy(new RouteStep.Replace(Where.of(big.out()), limited));
                });
    }

    private static int linkMtu(Dossier dossier, Place place) {
        return dossier.namespace(place.namespace())
                .flatMap(state -> state.link(place.link()))
                .map(Link::mtu)
                .orElse(0);
    }
}
