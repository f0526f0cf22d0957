package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
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
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The sender allows fewer routers than there are on the way. */
public final class TtlExpired implements Fault {
    private static final int USUAL = 64;

    /** Stateless. */
    public TtlExpired() {}

    @Override
    public Page page() {
        return new Page(
                "ttl-expired",
                Group.ROUTING,
                "The time to live is too small for the way",
                "net.ipv4.ip_default_ttl, or net.ipv6.conf.DEVICE.hop_limit, of who sends is smaller than the number of routers on the way; "
                        + "the last of them answers with \"time exceeded\", and no router is passed twice.",
                "The setting is set to " + USUAL + ".");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return dossier.obstacle(Obstacle.TimeToLiveExpired.class)
                .filter(expired -> expired.started() < USUAL)
                .flatMap(expired -> dossier.broken().passages().stream()
                        .limit(1)
                        .map(first -> finding(dossier, expired, first.hop())));
    }

    private Finding finding(Dossier dossier, Obstacle.TimeToLiveExpired expired, Hop sender) {
        Family family = dossier.asked().address().family();
        String key =
                family == Family.IPV4 ? "net.ipv4.ip_default_ttl" : "net.ipv6.conf." + sender.linkName() + ".hop_limit";
        Place place = Place.parse(sender.namespaceName());
        return Finding.of(
                        this,
                        dossier.agreement(),
                        "%s sends its packets with a time to live of %d: it runs out at %s, which would have to send them on."
                                .formatted(sender.namespaceName(), expired.started(), expired.input()))
                .because(dossier.bracket())
                .because("sysctl", key + " is " + expired.started() + " in " + sender.namespaceName())
                .mendedBy(Remedy.of(
                                "let packets pass " + USUAL + " routers, as is usual",
                                "namespace",
                                new SysctlStep(place, key, String.valueOf(USUAL)))
                        .undoneBy(new SysctlStep(place, key, String.valueOf(expired.started())))
                        .persistently("put '" + key + " = " + USUAL + "' into /etc/sysctl.d/"));
    }

    @Override
    public List<Injection> injections() {
        return Stream.of(
                        Injection.inEach(family -> limited(
                                        Side.REQUEST, scene -> limit(scene.container(), scene.containerLink(), family))
                                .lastSeenAt(At.BRIDGE_IN)),
                        Injection.inEach(family -> limited(
                                        Side.REPLY, scene -> limit(scene.outside(), scene.outsideLink(), family))
                                .lastSeenAt(At.UPLINK_IN)))
                .flatMap(List::stream)
                .toList();
    }

    private static Injection limited(Side side, Function<Scene, Step> limit) {
        return Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.DROPPED,
                side,
                scene -> List.of(limit.apply(scene)));
    }

    private static SysctlStep limit(Place place, String link, Family family) {
        return new SysctlStep(
                place, family == Family.IPV4 ? "net.ipv4.ip_default_ttl" : "net.ipv6.conf." + link + ".hop_limit", "1");
    }
}
