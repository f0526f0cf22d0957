package dev.lasthop.topology;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.LinkStatistics;
import dev.lasthop.topology.Link.Bridge;
import dev.lasthop.topology.Link.BridgePort;
import dev.lasthop.topology.Link.LinkCounters;
import dev.lasthop.topology.Link.Vxlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads interfaces out of rtnetlink's messages. */
final class LinkSource {
    private static final List<String> STATES =
            List.of("unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"); // IF_OPER_*

    private LinkSource() {}

    static List<Link> links(Recording recording, List<LinkMessage> messages) {
        return messages.stream().map(message -> link(recording, message)).toList();
    }

    private static Link link(Recording recording, LinkMessage message) {
        Attributes all = message.attributes();
        String kind = message.kind();
        Attributes data = message.data();
        Optional<Integer> foreign = all.get(LinkMessage.LINK_NETNSID);
        OptionalLong lowerNamespace = foreign.map(id -> recording.peers().get(id))
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
        return new Link(
                message.index(),
                message.name(),
                kind,
                message.type(),
                message.flags(),
                all.get(LinkMessage.MTU).orElse(0),
                all.get(LinkMessage.ADDRESS).flatMap(RouteSource::mac),
                state(all.get(LinkMessage.OPERSTATE).orElse(0)),
                all.get(LinkMessage.CARRIER).orElse(0) != 0,
                all.get(LinkMessage.GROUP).orElse(0),
                new IfIndex(all.get(LinkMessage.MASTER).orElse(0)),
                lower(kind, all, data),
                lowerNamespace,
                foreign.isPresent() && lowerNamespace.isEmpty(),
                all.get(LinkMessage.QDISC).orElse(""),
                all.get(LinkMessage.XDP)
                        .flatMap(xdp -> xdp.get(LinkMessage.XDP_PROG_ID))
                        .orElse(0),
                kind.equals("bridge") ? Optional.of(bridge(data)) : Optional.empty(),
                port(all, message.portData()),
                kind.equals("macvlan") || kind.equals("macvtap")
                        ? RouteSource.optional(data.get(LinkKinds.Macvlan.MODE))
                        : OptionalInt.empty(),
                kind.equals("vxlan") ? Optional.of(vxlan(data)) : Optional.empty(),
                kind.equals("vlan") ? RouteSource.optional(data.get(LinkKinds.Vlan.ID)) : OptionalInt.empty(),
                kind.equals("vrf") ? RouteSource.optional(data.get(LinkKinds.Vrf.TABLE)) : OptionalInt.empty(),
                all.get(LinkMessage.STATS64).map(LinkSource::counters).orElse(new LinkCounters(0, 0, 0, 0, 0, 0)));
    }

    /** A VXLAN device that was moved to another namespace says its own number in IFLA_LINK; its underlay is in its own data. */
    private static IfIndex lower(String kind, Attributes all, Attributes data) {
        Key<Integer> key = kind.equals("vxlan") ? LinkKinds.Vxlan.LINK : LinkMessage.LINK;
        return new IfIndex((kind.equals("vxlan") ? data : all).get(key).orElse(0));
    }

    private static String state(int number) {
        return number < STATES.size() ? STATES.get(number) : "state " + number;
    }

    private static Bridge bridge(Attributes data) {
        return new Bridge(
                data.get(LinkKinds.Bridge.STP_STATE).orElse(0) != 0,
                on(data, LinkKinds.Bridge.VLAN_FILTERING),
                on(data, LinkKinds.Bridge.MCAST_SNOOPING),
                on(data, LinkKinds.Bridge.MCAST_QUERIER));
    }

    private static Optional<BridgePort> port(Attributes all, Attributes data) {
        boolean isPort = all.get(LinkMessage.LINKINFO)
                .flatMap(info -> info.get(LinkMessage.INFO_SLAVE_KIND))
                .filter("bridge"::equals)
                .isPresent();
        return isPort
                ? Optional.of(new BridgePort(
                        data.get(LinkKinds.BridgePort.STATE).orElse(0),
                        on(data, LinkKinds.BridgePort.MODE),
                        on(data, LinkKinds.BridgePort.ISOLATED),
                        on(data, LinkKinds.BridgePort.LEARNING),
                        on(data, LinkKinds.BridgePort.UNICAST_FLOOD)))
                : Optional.empty();
    }

    private static Vxlan vxlan(Attributes data) {
        return new Vxlan(
                data.get(LinkKinds.Vxlan.ID).orElse(0),
                address(data, LinkKinds.Vxlan.LOCAL, LinkKinds.Vxlan.LOCAL6),
                address(data, LinkKinds.Vxlan.GROUP, LinkKinds.Vxlan.GROUP6),
                data.get(LinkKinds.Vxlan.PORT).orElse(0),
                on(data, LinkKinds.Vxlan.LEARNING),
                new IfIndex(data.get(LinkKinds.Vxlan.LINK).orElse(0)),
                on(data, LinkKinds.Vxlan.COLLECT_METADATA));
    }

    private static Optional<IpAddress> address(Attributes data, Key<IpAddress> ipv4, Key<IpAddress> ipv6) {
        return data.get(ipv4).or(() -> data.get(ipv6)).filter(address -> !address.isAny());
    }

    private static boolean on(Attributes data, Key<Integer> key) {
        return data.get(key).orElse(0) != 0;
    }

    private static LinkCounters counters(LinkStatistics statistics) {
        return new LinkCounters(
                statistics.receivedPackets(),
                statistics.sentPackets(),
                statistics.receiveDropped(),
                statistics.sendDropped(),
                statistics.receiveErrors(),
                statistics.sendErrors());
    }
}
