package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
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
import dev.lasthop.path.Place;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import java.util.List;
import java.util.stream.Stream;

/** A network's prefix covers a destination that is elsewhere. */
public final class SubnetOverlap implements Fault {
    /** Stateless. */
    public SubnetOverlap() {}

    @Override
    public Page page() {
        return new Page(
                "subnet-overlap",
                Group.ROUTING,
                "The network's subnet covers the destination, which is elsewhere",
                "The destination's route is a connected one over a link where nobody has the address, "
                        + "while another route, or another network, has it too.",
                "A host route leads to the destination; for good, one of the two subnets is moved.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Unanswered.in(dossier, Unanswered.Cause.SUBNET_OVERLAP).map(found -> {
            var from = found.what().from();
            var hop = Unanswered.defaultHop(
                    dossier, from.namespace(), found.what().wanted().family());
            String elsewhere = found.what().owners().isEmpty()
                    ? ""
                    : ": it is " + found.what().owners().getFirst() + "'s";
            Finding finding = Finding.of(
                            this,
                            dossier.agreement(),
                            "%s takes %s for a neighbour on %s, because %s covers it. It is not there%s."
                                    .formatted(
                                            from.namespaceName(),
                                            found.what().wanted(),
                                            from.linkName(),
                                            found.what().route().destination(),
                                            elsewhere))
                    .because(dossier.bracket())
                    .because("route", found.what().route().destination() + " dev " + from.linkName())
                    .because(
                            "neighbor",
                            "nobody on " + from + " answers for " + found.what().wanted());
            return hop.isEmpty()
                    ? finding.mendedBy(Remedy.advice("give one of the two networks another subnet"))
                    : finding.mendedBy(Remedy.of(
                                    "send packets for " + found.what().wanted() + " by way of "
                                            + hop.get().gateway().orElseThrow(),
                                    "flow",
                                    new RouteStep.Replace(
                                            Where.of(from),
                                            around(dossier, found.what().wanted(), from, hop.get())))
                            .persistently("give one of the two networks another subnet"));
        });
    }

    /** By way of the gateway, and from the address that the gateway's network is reached from. */
    private static RouteTo around(Dossier dossier, IpAddress wanted, Place from, Route.NextHop hop) {
        IpAddress gateway = hop.gateway().orElseThrow();
        String link = dossier.namespace(from.namespace())
                .flatMap(state -> state.link(hop.link()))
                .map(Link::name)
                .orElse(from.linkName());
        RouteTo route = Where.host(wanted).via(gateway).on(link);
        return dossier.namespace(from.namespace()).stream()
                .flatMap(state -> state.addresses().stream())
                .map(InterfaceAddress::prefix)
                .filter(prefix -> !prefix.isSingle() && !prefix.address().isLinkLocal() && prefix.contains(gateway))
                .findFirst()
                .map(prefix -> route.source(prefix.address()))
                .orElse(route);
    }

    @Override
    public List<Injection> injections() {
        List<Injection> container = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> List.of(new AddressStep.Add(
                                scene.container(), scene.containerLink(), beside(scene, family), true)))
                .lastSeenAt(At.CONTAINER_OUT));
        List<Injection> node = Injection.inEach(family -> Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(
                                new LinkStep.Create(scene.node(), "docker9", new LinkStep.Bridge()),
                                new AddressStep.Add(scene.node(), "docker9", beside(scene, family), true),
                                LinkStep.up(scene.node(), "docker9")))
                .lastSeenAt(At.BRIDGE_IN));
        return Stream.concat(
                        // with a proxy that answers for everything, a container may take the world for its neighbour
                        Injection.across(container, "siblings", "two-bridges", "published", "two-networks").stream(),
                        Injection.across(node, "siblings", "two-bridges", "published", "two-networks", "routed")
                                .stream())
                .toList();
    }

    /** An address in whose network the world lies. */
    private static Prefix beside(Scene scene, Family family) {
        return new Prefix(scene.world(family).plus(1), family == Family.IPV4 ? 24 : 64);
    }
}
