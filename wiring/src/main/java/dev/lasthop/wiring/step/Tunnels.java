package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** {@link LinkStep.Vxlan} as netlink has it. */
final class Tunnels {
    private static final int IANA_PORT = 4789;

    private Tunnels() {}

    static List<Attribute> encode(Site site, LinkStep.Vxlan vxlan) {
        List<Attribute> all = new ArrayList<>();
        all.add(LinkKinds.Vxlan.ID.to(vxlan.vni()));
        vxlan.local().ifPresent(address -> all.add(local(address.family()).to(address)));
        vxlan.remote().ifPresent(address -> all.add(group(address.family()).to(address)));
        all.add(LinkKinds.Vxlan.PORT.to(vxlan.port()));
        vxlan.underlay()
                .ifPresent(
                        name -> all.add(LinkKinds.Vxlan.LINK.to(site.index(name).value())));
        all.add(LinkKinds.Vxlan.LEARNING.to(vxlan.learning() ? 1 : 0));
        Encapsulation outer = vxlan.outer();
        outer.checksum().ifPresent(on -> all.add(LinkKinds.Vxlan.UDP_CSUM.to(on ? 1 : 0)));
        outer.sendsZero().ifPresent(on -> all.add(LinkKinds.Vxlan.UDP_ZERO_CSUM6_TX.to(on ? 1 : 0)));
        outer.takesZero().ifPresent(on -> all.add(LinkKinds.Vxlan.UDP_ZERO_CSUM6_RX.to(on ? 1 : 0)));
        outer.ttl().ifPresent(ttl -> all.add(LinkKinds.Vxlan.TTL.to(ttl)));
        outer.dontFragment().ifPresent(choice -> all.add(LinkKinds.Vxlan.DF.to(choice.number())));
        outer.sourcePorts()
                .ifPresent(ports -> all.add(LinkKinds.Vxlan.PORT_RANGE.to(new PortRange(ports.first(), ports.last()))));
        return all;
    }

    /** What makes the same again. */
    static LinkStep.Vxlan decode(Site site, LinkMessage link) {
        Attributes data = link.data();
        return new LinkStep.Vxlan(
                data.get(LinkKinds.Vxlan.ID).orElse(0),
                data.get(LinkKinds.Vxlan.LOCAL).or(() -> data.get(LinkKinds.Vxlan.LOCAL6)),
                data.get(LinkKinds.Vxlan.GROUP).or(() -> data.get(LinkKinds.Vxlan.GROUP6)),
                data.get(LinkKinds.Vxlan.PORT).orElse(IANA_PORT),
                data.get(LinkKinds.Vxlan.LINK)
                        .filter(lower -> lower != 0)
                        .map(lower -> site.nameOf(new IfIndex(lower))),
                data.get(LinkKinds.Vxlan.LEARNING).orElse(1) != 0,
                outer(data));
    }

    private static Encapsulation outer(Attributes data) {
        return new Encapsulation(
                flag(data, LinkKinds.Vxlan.UDP_CSUM),
                flag(data, LinkKinds.Vxlan.UDP_ZERO_CSUM6_TX),
                flag(data, LinkKinds.Vxlan.UDP_ZERO_CSUM6_RX),
                data.get(LinkKinds.Vxlan.TTL).map(OptionalInt::of).orElse(OptionalInt.empty()),
                data.get(LinkKinds.Vxlan.DF).flatMap(Tunnels::dontFragment),
                data.get(LinkKinds.Vxlan.PORT_RANGE)
                        .filter(range -> range.first() > 0 && range.first() <= range.last())
                        .map(range -> new Encapsulation.Ports(range.first(), range.last())));
    }

    private static Optional<Boolean> flag(Attributes data, Key<Integer> key) {
        return data.get(key).map(value -> value != 0);
    }

    private static Optional<Encapsulation.DontFragment> dontFragment(int number) {
        return Stream.of(Encapsulation.DontFragment.values())
                .filter(choice -> choice.number() == number)
                .findFirst();
    }

    private static Key<IpAddress> local(Family family) {
        return family == Family.IPV4 ? LinkKinds.Vxlan.LOCAL : LinkKinds.Vxlan.LOCAL6;
    }

    private static Key<IpAddress> group(Family family) {
        return family == Family.IPV4 ? LinkKinds.Vxlan.GROUP : LinkKinds.Vxlan.GROUP6;
    }
}
