package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.route.NextHopMessage;
import dev.lasthop.netlink.route.RouteHop;
import dev.lasthop.netlink.route.RouteMessage;
import dev.lasthop.netlink.route.RuleMessage;
import dev.lasthop.topology.Route.NextHop;
import dev.lasthop.topology.RoutingRule.Action;
import dev.lasthop.topology.RoutingRule.PortRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads routes and routing rules out of rtnetlink's messages. */
final class RoutingSource {
    private static final int RTNH_FLAGS = 0xff; // the lower byte of rtm_flags is the only next hop's flags

    private RoutingSource() {}

    static List<Route> routes(Recording recording) {
        Map<Integer, NextHopMessage> shared = new HashMap<>();
        RouteSource.messages(recording, RouteSource.NEXT_HOPS, NextHopMessage.NEW, NextHopMessage::decode)
                .forEach(hop -> hop.attributes().get(NextHopMessage.ID).ifPresent(id -> shared.put(id, hop)));
        var routes = new ArrayList<Route>();
        for (Family family : Family.values()) {
            RouteSource.messages(recording, RouteSource.routes(family), RouteMessage.NEW, RouteMessage::decode).stream()
                    .filter(message -> message.family() == family.number())
                    .filter(message -> (message.flags() & RouteMessage.CLONED) == 0)
                    .map(message -> route(family, message, shared))
                    .forEach(routes::add);
        }
        return routes;
    }

    private static Route route(Family family, RouteMessage message, Map<Integer, NextHopMessage> shared) {
        Attributes all = message.attributes();
        Route.Type[] types = Route.Type.values();
        Route.Type type = message.type() < types.length ? types[message.type()] : Route.Type.UNSPECIFIED;
        return new Route(
                message.table(),
                type,
                prefix(family, all, RouteMessage.DESTINATION, message.destinationLength()),
                prefix(family, all, RouteMessage.SOURCE, message.sourceLength()),
                message.tos(),
                message.protocol(),
                message.scope(),
                Integer.toUnsignedLong(all.get(RouteMessage.PRIORITY).orElse(0)),
                leadsNowhere(type) ? List.of() : nextHops(message, shared),
                all.get(RouteMessage.PREFERRED_SOURCE),
                RouteSource.optional(
                        all.get(RouteMessage.METRICS).flatMap(metrics -> metrics.get(RouteMessage.METRIC_MTU))),
                RouteSource.optional(all.get(RouteMessage.NEXT_HOP_ID)));
    }

    /** In IPv6 the kernel puts such routes on {@code lo}; that says nothing. */
    private static boolean leadsNowhere(Route.Type type) {
        return switch (type) {
            case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> true;
            default -> false;
        };
    }

    private static List<NextHop> nextHops(RouteMessage message, Map<Integer, NextHopMessage> shared) {
        Attributes all = message.attributes();
        List<RouteHop> several = all.get(RouteMessage.MULTIPATH).orElse(List.of());
        if (!several.isEmpty()) {
            return several.stream()
                    .map(hop -> new NextHop(gateway(hop.attributes()), hop.link(), hop.hops() + 1, hop.flags()))
                    .toList();
        }
        if (all.has(RouteMessage.OUTPUT) || all.has(RouteMessage.GATEWAY) || all.has(RouteMessage.VIA)) {
            var link = new IfIndex(all.get(RouteMessage.OUTPUT).orElse(0));
            return List.of(new NextHop(gateway(all), link, 1, message.flags() & RTNH_FLAGS));
        }
        return all.get(RouteMessage.NEXT_HOP_ID)
                .map(id -> resolved(id, 1, shared, true))
                .orElse(List.of());
    }

    /** A next hop that is an object of its own, as sysctl nexthop_compat_mode=0 leaves it; of a group, its members. */
    private static List<NextHop> resolved(
            int id, int weight, Map<Integer, NextHopMessage> shared, boolean groupsAllowed) {
        NextHopMessage hop = shared.get(id);
        if (hop == null) {
            return List.of();
        }
        Attributes all = hop.attributes();
        List<NextHopMessage.Member> members = all.get(NextHopMessage.GROUP).orElse(List.of());
        if (!members.isEmpty()) {
            return groupsAllowed // the kernel has no groups of groups; a file may
                    ? members.stream()
                            .flatMap(member -> resolved(member.id(), member.weight() + 1, shared, false).stream())
                            .toList()
                    : List.of();
        }
        var link = new IfIndex(all.get(NextHopMessage.OUTPUT).orElse(0));
        return List.of(new NextHop(all.get(NextHopMessage.GATEWAY), link, weight, hop.flags() & RTNH_FLAGS));
    }

    private static Optional<IpAddress> gateway(Attributes all) {
        return all.get(RouteMessage.GATEWAY).or(() -> all.get(RouteMessage.VIA));
    }

    static List<RoutingRule> rules(Recording recording) {
        var rules = new ArrayList<RoutingRule>();
        for (Family family : Family.values()) {
            RouteSource.messages(recording, RouteSource.rules(family), RuleMessage.NEW, RuleMessage::decode).stream()
                    .filter(message -> message.family() == family.number())
                    .map(message -> rule(family, message))
                    .forEach(rules::add);
        }
        return rules;
    }

    private static RoutingRule rule(Family family, RuleMessage message) {
        Attributes all = message.attributes();
        int suppressed = all.get(RuleMessage.SUPPRESS_PREFIX_LENGTH).orElse(-1);
        return new RoutingRule(
                family,
                Integer.toUnsignedLong(all.get(RuleMessage.PRIORITY).orElse(0)),
                prefix(family, all, RuleMessage.SOURCE, message.sourceLength()),
                prefix(family, all, RuleMessage.DESTINATION, message.destinationLength()),
                all.get(RuleMessage.INPUT).orElse(""),
                all.get(RuleMessage.OUTPUT).orElse(""),
                all.get(RuleMessage.MARK).orElse(0),
                all.get(RuleMessage.MARK_MASK).orElse(0),
                message.tos(),
                all.get(RuleMessage.IP_PROTOCOL).orElse(0),
                ports(all, RuleMessage.SOURCE_PORTS),
                ports(all, RuleMessage.DESTINATION_PORTS),
                (message.flags() & RuleMessage.INVERTED) != 0,
                all.get(RuleMessage.L3MDEV).orElse(0) != 0,
                action(message.action()),
                message.table(),
                Integer.toUnsignedLong(all.get(RuleMessage.GOTO_PRIORITY).orElse(0)),
                suppressed == -1 ? OptionalInt.empty() : OptionalInt.of(suppressed),
                all.has(RuleMessage.UID_RANGE));
    }

    private static Action action(int number) {
        return switch (number) {
            case RuleMessage.TO_TABLE -> Action.TABLE;
            case RuleMessage.GOTO -> Action.GOTO;
            case RuleMessage.NOP -> Action.NOP;
            case RuleMessage.BLACKHOLE -> Action.BLACKHOLE;
            case RuleMessage.UNREACHABLE -> Action.UNREACHABLE;
            case RuleMessage.PROHIBIT -> Action.PROHIBIT;
            default -> Action.OTHER;
        };
    }

    private static PortRange ports(Attributes all, Key<RuleMessage.Ports> key) {
        return all.get(key)
                .map(ports -> new PortRange(ports.first(), ports.last()))
                .orElse(PortRange.ANY);
    }

    private static Prefix prefix(Family family, Attributes all, Key<IpAddress> key, int length) {
        IpAddress address =
                all.get(key).filter(known -> known.family() == family).orElse(IpAddress.any(family));
        return RouteSource.prefix(address, length);
    }
}
