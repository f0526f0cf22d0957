package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.stream.Stream;

/** IPv6 is switched off on a hop. */
public final class Ipv6Disabled implements Fault {
    /** Stateless. */
    public Ipv6Disabled() {}

    @Override
    public Page page() {
        return new Page(
                "ipv6-disabled",
                Group.ADDRESSES,
                "IPv6 is disabled on an interface of the way",
                "net.ipv6.conf.DEVICE.disable_ipv6 is 1; the interface's IPv6 addresses and routes went "
                        + "with it. The kernel says IPV6DISABLED for what comes in.",
                "The setting is set to 0; addresses and routes that it took away are put back.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        Stream<Finding> here =
                dossier.obstacle(Obstacle.Ipv6Disabled.class).map(off -> finding(dossier, off.place(), List.of()));
        Stream<Finding> gateway = Unanswered.in(dossier, Unanswered.Cause.IPV6_DISABLED)
                .flatMap(found -> found.what().gateway()
                        ? found.router().stream()
                                .map(router -> finding(dossier, router, LostGateway.on(dossier, router, Family.IPV6)))
                        : Unanswered.switchedOff(dossier, found.what()).stream()
                                .map(place -> finding(dossier, place, lost(place, found.what()))));
        return Stream.concat(here, gateway).limit(1);
    }

    /** The address that is looked for, in the subnet that it is looked for in. Its routes come back by themselves, or were never there. */
    private static List<Step> lost(Place place, Obstacle.NobodyAnswers what) {
        var address = new Prefix(what.wanted(), what.route().destination().length());
        return List.of(new AddressStep.Add(Where.of(place), place.linkName(), address, true));
    }

    private Finding finding(Dossier dossier, Place place, List<Step> lost) {
        String key = "net.ipv6.conf." + place.linkName() + ".disable_ipv6";
        return Finding.of(
                        this,
                        Math.max(dossier.agreement(), 0.9),
                        "IPv6 is switched off on %s in %s (%s is 1)."
                                .formatted(place.linkName(), place.namespaceName(), key))
                .because(dossier.bracket())
                .because("sysctl", key + " is 1 in " + place.namespaceName())
                .mendedBy(Surroundings.ipv6(dossier, place, key, lost));
    }

    @Override
    public List<Injection> injections() {
        Injection container = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> List.of(new SysctlStep(
                                scene.container(), "net.ipv6.conf." + scene.containerLink() + ".disable_ipv6", "1")))
                .in(Family.IPV6)
                .lastSeenAt(At.CONTAINER_OUT);
        Injection bridge = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> NeighborMemory.lost(
                                scene,
                                new SysctlStep(scene.node(), "net.ipv6.conf." + scene.bridge() + ".disable_ipv6", "1")))
                .in(Family.IPV6)
                .lastSeenAt(At.CONTAINER_OUT);
        Injection everywhere = Injection.of(
                        "bridge",
                        Injection.Ask.CONTAINER_PINGS_WORLD,
                        Verdict.NOT_SENT,
                        Side.REQUEST,
                        scene -> List.of(new SysctlStep(scene.container(), "net.ipv6.conf.all.disable_ipv6", "1")))
                .in(Family.IPV6)
                .lastSeenAt(At.CONTAINER_OUT);
        return Injection.across(List.of(container, bridge, everywhere), "siblings", "published");
    }
}
