package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.route.RouteHop;
import dev.lasthop.netlink.route.RouteMessage;
import dev.lasthop.netlink.route.RuleMessage;
import dev.lasthop.topology.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** {@link RouteStep}s and {@link RuleStep}s, by netlink. */
final class Routes {
    private static final int CLONED = RouteMessage.CLONED;

    private Routes() {}

    static void add(Places places, RouteStep.Add step) {
        Site site = places.at(step.place());
        RouteMessage message = encode(site, step.route());
        site.change("add route " + step.route(), () -> site.route().create(message));
    }

    static void replace(Places places, RouteStep.Replace step) {
        Site site = places.at(step.place());
        RouteMessage message = encode(site, step.route());
        site.change("set route " + step.route(), () -> site.route().replace(message));
    }

    static void delete(Places places, RouteStep.Delete step) {
        Site site = places.at(step.place());
        RouteMessage message = encode(site, step.route());
        boolean anyScope = step.route().type() == Route.Type.UNICAST;
        RouteMessage loose = anyScope ? withScope(message, RouteMessage.SCOPE_NOWHERE) : message;
        site.change("delete route " + step.route(), () -> site.route().delete(loose));
    }

    static List<Step> undoReplace(Site site, RouteStep.Replace step) {
        List<RouteTo> before = to(site, step.route().destination()).stream()
                .filter(known -> sameKey(known, step.route()))
                .toList();
        if (before.isEmpty()) {
            return List.of(new RouteStep.Delete(step.place(), step.route()));
        }
        return before.stream()
                .limit(1)
                .<Step>map(route -> new RouteStep.Replace(step.place(), route))
                .toList();
    }

    /** The routes that a deletion of {@code route} could mean. */
    static List<RouteTo> matching(Site site, RouteTo route) {
        return to(site, route.destination()).stream()
                .filter(known -> known.type() == route.type() && known.table() == route.table())
                .filter(known -> route.metric().isEmpty() || known.metric().equals(route.metric()))
                .filter(known -> route.nextHopId().equals(known.nextHopId()))
                .filter(known -> route.nextHops().isEmpty() || covers(known.nextHops(), route.nextHops()))
                .toList();
    }

    /** The routes that lead over a link, those that the kernel made by itself left out. */
    static List<RouteTo> over(Site site, String link) {
        var all = new ArrayList<RouteTo>();
        for (Family family : Family.values()) {
            all(site, family).stream()
                    .filter(route -> route.protocol() != RouteTo.PROTOCOL_KERNEL)
                    .filter(route ->
                            route.nextHops().stream().anyMatch(hop -> hop.link().equals(Optional.of(link))))
                    .forEach(all::add);
        }
        // routes without a gateway first: the others' gateways are reached by them
        return all.stream()
                .sorted((a, b) -> Boolean.compare(hasGateway(a), hasGateway(b)))
                .toList();
    }

    static void addRule(Places places, RuleStep.Add step) {
        Site site = places.at(step.place());
        site.change("add rule " + step.rule(), () -> site.route().create(encode(step.rule())));
    }

    static void deleteRule(Places places, RuleStep.Delete step) {
        Site site = places.at(step.place());
        site.change("delete rule " + step.rule(), () -> site.route().delete(encode(step.rule())));
    }

    private static boolean hasGateway(RouteTo route) {
        return route.nextHops().stream().anyMatch(hop -> hop.gateway().isPresent());
    }

    private static boolean covers(List<RouteTo.NextHop> known, List<RouteTo.NextHop> asked) {
        return known.size() == asked.size()
                && java.util.stream.IntStream.range(0, known.size()).allMatch(i -> {
                    RouteTo.NextHop have = known.get(i);
                    RouteTo.NextHop want = asked.get(i);
                    return (want.gateway().isEmpty() || want.gateway().equals(have.gateway()))
                            && (want.link().isEmpty() || want.link().equals(have.link()));
                });
    }

    private static boolean sameKey(RouteTo a, RouteTo b) {
        long usual = a.family() == Family.IPV6 ? 1024 : 0;
        return a.destination().equals(b.destination())
                && a.table() == b.table()
                && a.metric().orElse(usual) == b.metric().orElse(usual);
    }

    private static List<RouteTo> all(Site site, Family family) {
        return all(site, family, _ -> true);
    }

    /** Those to just this destination. The others are not looked at: the name of each one's link is a question to the kernel. */
    private static List<RouteTo> to(Site site, Prefix destination) {
        return all(
                site,
                destination.family(),
                message -> destination(destination.family(), message).equals(destination));
    }

    private static List<RouteTo> all(Site site, Family family, Predicate<RouteMessage> wanted) {
        return site.route().routes(family).stream()
                .filter(message -> (message.flags() & CLONED) == 0 && wanted.test(message))
                .flatMap(message -> decode(site, family, message).stream())
                .toList();
    }

    private static RouteMessage withScope(RouteMessage m, int scope) {
        return new RouteMessage(
                m.family(),
                m.destinationLength(),
                m.sourceLength(),
                m.tos(),
                m.shortTable(),
                m.protocol() == RouteTo.PROTOCOL_BOOT ? 0 : m.protocol(), // 0 matches whoever made it
                scope,
                m.type(),
                m.flags(),
                m.attributes());
    }

    private static RouteMessage encode(Site site, RouteTo route) {
        List<Attribute> all = new ArrayList<>();
        int flags = 0;
        if (route.nextHops().size() == 1) {
            RouteTo.NextHop hop = route.nextHops().getFirst();
            hop.gateway().ifPresent(address -> all.add(gateway(route.family(), address)));
            hop.link()
                    .ifPresent(name ->
                            all.add(RouteMessage.OUTPUT.to(site.index(name).value())));
            flags = hop.onLink() ? Route.NextHop.ONLINK : 0;
        } else if (route.nextHops().size() > 1) {
            all.add(RouteMessage.MULTIPATH.to(route.nextHops().stream()
                    .map(hop -> encode(site, route.family(), hop))
                    .toList()));
        }
        route.nextHopId().ifPresent(id -> all.add(RouteMessage.NEXT_HOP_ID.to(id)));
        route.metric().ifPresent(metric -> all.add(RouteMessage.PRIORITY.to((int) metric)));
        route.source().ifPresent(address -> all.add(RouteMessage.PREFERRED_SOURCE.to(address)));
        route.mtu().ifPresent(mtu -> all.add(RouteMessage.METRICS.to(Attributes.of(RouteMessage.METRIC_MTU.to(mtu)))));
        return RouteMessage.of(
                        route.destination(),
                        route.table(),
                        route.protocol(),
                        scope(route),
                        number(route.type()),
                        all.toArray(Attribute[]::new))
                .withFlags(flags);
    }

    @SuppressWarnings("EnumOrdinal") // the constants stand in the order of RTN_*
    private static int number(Route.Type type) {
        return type.ordinal();
    }

    @SuppressWarnings("EnumOrdinal")
    private static Route.Type type(int number) {
        return Route.Type.values()[number];
    }

    private static int scope(RouteTo route) {
        if (route.family() == Family.IPV6) {
            return RouteMessage.SCOPE_UNIVERSE;
        }
        return switch (route.type()) {
            case LOCAL -> RouteMessage.SCOPE_HOST;
            case UNICAST ->
                hasGateway(route) || route.nextHopId().isPresent()
                        ? RouteMessage.SCOPE_UNIVERSE
                        : RouteMessage.SCOPE_LINK;
            case BROADCAST, ANYCAST, MULTICAST -> RouteMessage.SCOPE_LINK;
            default -> RouteMessage.SCOPE_UNIVERSE;
        };
    }

    private static Attribute gateway(Family family, IpAddress address) {
        return (address.family() == family ? RouteMessage.GATEWAY : RouteMessage.VIA).to(address);
    }

    private static RouteHop encode(Site site, Family family, RouteTo.NextHop hop) {
        List<Attribute> all = new ArrayList<>();
        hop.gateway().ifPresent(address -> all.add(gateway(family, address)));
        IfIndex link = hop.link().map(site::index).orElse(IfIndex.NONE);
        return new RouteHop(hop.onLink() ? Route.NextHop.ONLINK : 0, hop.weight() - 1, link, new Attributes(all));
    }

    private static Optional<RouteTo> decode(Site site, Family family, RouteMessage m) {
        if (m.type() >= Route.Type.values().length) {
            return Optional.empty();
        }
        Optional<Integer> shared = m.attributes().get(RouteMessage.NEXT_HOP_ID);
        Route.Type type = shared.isPresent() ? Route.Type.UNICAST : type(m.type());
        return Optional.of(new RouteTo(
                type,
                destination(family, m),
                m.table(),
                m.attributes()
                        .get(RouteMessage.PRIORITY)
                        .map(metric -> OptionalLong.of(Integer.toUnsignedLong(metric)))
                        .orElse(OptionalLong.empty()),
                shared.isPresent() ? List.of() : hops(site, type, m),
                m.attributes().get(RouteMessage.PREFERRED_SOURCE),
                m.attributes()
                        .get(RouteMessage.METRICS)
                        .flatMap(metrics -> metrics.get(RouteMessage.METRIC_MTU))
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty()),
                m.protocol(),
                shared.map(OptionalInt::of).orElse(OptionalInt.empty())));
    }

    private static Prefix destination(Family family, RouteMessage m) {
        return new Prefix(
                m.attributes().get(RouteMessage.DESTINATION).orElse(IpAddress.any(family)), m.destinationLength());
    }

    private static List<RouteTo.NextHop> hops(Site site, Route.Type type, RouteMessage m) {
        Optional<List<RouteHop>> several = m.attributes().get(RouteMessage.MULTIPATH);
        if (several.isPresent()) {
            return several.get().stream()
                    .map(hop -> new RouteTo.NextHop(
                            gateway(hop.attributes()),
                            Optional.of(site.nameOf(hop.link())),
                            hop.hops() + 1,
                            (hop.flags() & Route.NextHop.ONLINK) != 0))
                    .toList();
        }
        Optional<String> link = m.attributes().get(RouteMessage.OUTPUT).map(index -> site.nameOf(new IfIndex(index)));
        boolean leads = type == Route.Type.UNICAST || type == Route.Type.LOCAL;
        return leads && link.isPresent()
                ? List.of(
                        new RouteTo.NextHop(gateway(m.attributes()), link, 1, (m.flags() & Route.NextHop.ONLINK) != 0))
                : List.of();
    }

    private static Optional<IpAddress> gateway(Attributes attributes) {
        return attributes.get(RouteMessage.GATEWAY).or(() -> attributes.get(RouteMessage.VIA));
    }

    private static RuleMessage encode(RuleStep.Selector rule) {
        List<Attribute> all = new ArrayList<>();
        rule.priority().ifPresent(priority -> all.add(RuleMessage.PRIORITY.to((int) priority)));
        if (rule.action() == RuleStep.Action.LOOKUP) {
            all.add(RuleMessage.TABLE.to(rule.table()));
        }
        rule.from().ifPresent(prefix -> all.add(RuleMessage.SOURCE.to(prefix.first())));
        rule.to().ifPresent(prefix -> all.add(RuleMessage.DESTINATION.to(prefix.first())));
        rule.inputLink().ifPresent(name -> all.add(RuleMessage.INPUT.to(name)));
        rule.outputLink().ifPresent(name -> all.add(RuleMessage.OUTPUT.to(name)));
        rule.mark().ifPresent(mark -> all.add(RuleMessage.MARK.to(mark)));
        rule.mask().ifPresent(mask -> all.add(RuleMessage.MARK_MASK.to(mask)));
        boolean small = rule.action() == RuleStep.Action.LOOKUP && rule.table() < 256;
        return new RuleMessage(
                rule.family().number(),
                rule.to().map(Prefix::length).orElse(0),
                rule.from().map(Prefix::length).orElse(0),
                0,
                small ? rule.table() : 0,
                rule.action().number(),
                0,
                new Attributes(all));
    }
}
