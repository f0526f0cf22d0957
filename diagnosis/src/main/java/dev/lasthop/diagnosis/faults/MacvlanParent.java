package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Stage;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A macvlan child calls the host that its parent belongs to. */
public final class MacvlanParent implements Fault {
    /** Stateless. */
    public MacvlanParent() {}

    @Override
    public Page page() {
        return new Page(
                "macvlan-parent",
                Group.LINKS,
                "A macvlan child cannot talk to its own host through the parent",
                "The source's interface is a macvlan (or ipvlan), and the address that it calls belongs "
                        + "to the host that holds the parent interface. ARP goes unanswered; nothing else is "
                        + "wrong.",
                "The host gets a macvlan interface of its own on the same parent, or a bridge is used.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.MacvlanParent.class)
                .map(own -> Finding.of(
                                this,
                                dossier.agreement(),
                                "%s is a macvlan child of %s. The kernel hands frames of a child to the wire and to its siblings, never to the host that the parent belongs to, and %s is that host's."
                                        .formatted(own.child(), own.parent(), own.wanted()))
                        .because(dossier.bracket())
                        .because("link", own.child() + " is on top of " + own.parent())
                        .mendedBy(Remedy.of(
                                        "give the host a macvlan interface of its own, and the route to the child through it",
                                        "host",
                                        shim(dossier, own))
                                .persistently("the same in the host's network configuration")));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "macvlan",
                                Injection.Ask.CONTAINER_PINGS_NODE,
                                Verdict.NOT_SENT,
                                Side.REQUEST,
                                scene -> List.of())
                        .lastSeenAt(At.CONTAINER_OUT)),
                "macvlan-bridge");
    }

    private static List<dev.lasthop.wiring.step.Step> shim(Dossier dossier, Obstacle.MacvlanParent own) {
        var host = Where.of(own.parent());
        String name = "lasthop-shim";
        IpAddress child = dossier.prediction().request().elements(Stage.RoutingDecision.class).stream()
                .map(Stage.RoutingDecision::source)
                .findFirst()
                .orElse(own.wanted());
        return List.of(
                new LinkStep.Create(
                        host,
                        name,
                        new LinkStep.Macvlan(own.parent().linkName(), LinkStep.MacvlanMode.BRIDGE),
                        Optional.empty(),
                        java.util.OptionalInt.empty()),
                new AddressStep.Add(host, name, dev.lasthop.address.Prefix.of(own.wanted()), true),
                LinkStep.up(host, name),
                new RouteStep.Replace(
                        host,
                        RouteTo.prefix(dev.lasthop.address.Prefix.of(child)).on(name)));
    }
}
