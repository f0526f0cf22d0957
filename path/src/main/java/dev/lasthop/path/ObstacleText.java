package dev.lasthop.path;

import dev.lasthop.topology.Route;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An obstacle in one line, with the names and numbers at hand. */
public final class ObstacleText {
    private ObstacleText() {}

    public static String of(Obstacle obstacle) {
        return links(obstacle)
                .or(() -> addresses(obstacle))
                .or(() -> routing(obstacle))
                .or(() -> rest(obstacle))
                .orElse(obstacle.toString());
    }

    private static Optional<String> links(Obstacle obstacle) {
        return Optional.ofNullable(
                switch (obstacle) {
                    case Obstacle.NoInterface none -> none.namespaceName() + " has no interface but lo";
                    case Obstacle.LinkDown down -> down.place() + " is down";
                    case Obstacle.LoopbackDown down -> down.place() + " is down";
                    case Obstacle.BridgeDown down -> "bridge " + down.bridge() + " is down";
                    case Obstacle.PeerDown down -> down.near() + ": its other end " + down.peer() + " is down";
                    case Obstacle.NoCarrier none -> none.place() + " has no carrier";
                    case Obstacle.NotBridged bare ->
                        bare.hostEnd() + " is no port of " + bare.bridge() + ", so nobody answers for " + bare.wanted();
                    case Obstacle.PortBlocked port ->
                        "bridge " + port.bridge() + ": port " + port.port().linkName() + " does not forward (state "
                                + port.state() + ")";
                    case Obstacle.PortsIsolated ports ->
                        "bridge " + ports.bridge() + ": ports " + ports.in().linkName() + " and "
                                + ports.out().linkName() + " are both isolated";
                    case Obstacle.HairpinOff off ->
                        "bridge " + off.bridge() + ": the frame would have to leave by its own port "
                                + off.port().linkName() + ", and hairpin is off";
                    case Obstacle.FloodOff off ->
                        "bridge " + off.bridge() + ": port " + off.port().linkName() + " takes no unknown addresses";
                    case Obstacle.WrongFdbEntry wrong ->
                        "bridge " + wrong.bridge() + " takes " + wrong.mac() + " to be behind "
                                + wrong.port().linkName() + ", but it is " + wrong.actual();
                    case Obstacle.MacvlanParent parent ->
                        "macvlan " + parent.child() + " cannot talk with the host of its parent " + parent.parent();
                    case Obstacle.MacvlanMode mode ->
                        "macvlan mode " + mode.mode() + " keeps " + mode.from() + " and " + mode.to() + " apart";
                    case Obstacle.Filtered filtered -> filtered(filtered);
                    default -> null;
                });
    }

    private static String filtered(Obstacle.Filtered filtered) {
        String verdict = filtered.outcome().verdict().name().toLowerCase(Locale.ROOT);
        String by = filtered.outcome()
                .decisive()
                .map(rule -> " by " + rule.family() + " " + rule.table() + " " + rule.chain()
                        + (rule.policy() ? " policy" : ": " + rule.text()))
                .orElse("");
        return filtered.namespaceName() + " " + filtered.hook() + (filtered.bridged() ? " (bridged)" : "") + ": "
                + verdict + by;
    }

    private static Optional<String> addresses(Obstacle obstacle) {
        return Optional.ofNullable(
                switch (obstacle) {
                    case Obstacle.NoAddress none -> none.namespaceName() + " has no " + none.family() + " address";
                    case Obstacle.LinkLocalSource local ->
                        local.input() + ": the source " + local.source() + " is good on its own link only";
                    case Obstacle.Ipv6Disabled off -> "IPv6 is switched off on " + off.place();
                    case Obstacle.AddressNotUsable unusable ->
                        unusable.place() + ": " + unusable.address().address()
                                + " is not usable (duplicate address detection)";
                    case Obstacle.NobodyAnswers nobody ->
                        "nobody answers for " + (nobody.gateway() ? "gateway " : "") + nobody.wanted() + " on "
                                + nobody.from()
                                + (nobody.owners().isEmpty()
                                        ? ""
                                        : "; its owner " + list(nobody.owners()) + " is not on this segment");
                    case Obstacle.SilentOwner silent ->
                        silent.owner() + " has " + silent.wanted() + " and does not answer: " + silent.detail();
                    case Obstacle.ArpFiltered filtered ->
                        filtered.namespaceName() + " drops its own ARP: "
                                + filtered.by().text();
                    case Obstacle.ProxyArpOff off ->
                        off.hostEnd() + " may not answer for " + off.wanted() + ": proxy_arp is 0";
                    case Obstacle.AddressOnPort port ->
                        "the route to " + port.wanted() + " leads to " + port.port() + ", a port of bridge "
                                + port.bridge().linkName() + ", which hears no answers itself";
                    case Obstacle.WrongMac wrong ->
                        "frames for " + wrong.nextHop() + " go to " + wrong.mac()
                                + (wrong.holders().isEmpty()
                                        ? ", which nobody has"
                                        : ", which is " + list(wrong.holders()))
                                + (wrong.owners().isEmpty() ? "" : "; it is " + list(wrong.owners()));
                    default -> null;
                });
    }

    private static Optional<String> routing(Obstacle obstacle) {
        return Optional.ofNullable(
                switch (obstacle) {
                    case Obstacle.NoRoute none -> none.namespaceName() + " has no route to " + none.destination();
                    case Obstacle.RouteRefuses refused -> refused.namespaceName() + ": " + route(refused.route());
                    case Obstacle.RuleRefuses refused ->
                        refused.namespaceName() + ": rule " + refused.rule().priority() + " says "
                                + refused.rule().action().name().toLowerCase(Locale.ROOT);
                    case Obstacle.DeadNextHops dead ->
                        dead.namespaceName() + ": all next hops of " + route(dead.route()) + " are down";
                    case Obstacle.ForwardingOff off ->
                        off.input().namespaceName() + " does not forward " + off.family() + " (asked on "
                                + off.input().linkName() + ")";
                    case Obstacle.ReversePath reverse ->
                        reverse.input() + ": reverse path filter " + reverse.mode() + ", the way back to "
                                + reverse.source()
                                + reverse.reverseOut()
                                        .map(out -> " is " + out.linkName())
                                        .orElse(" does not exist");
                    case Obstacle.LocalSource local ->
                        local.input() + ": source " + local.source() + " is an address of its own";
                    case Obstacle.LoopbackFromOutside loopback ->
                        loopback.input() + ": loopback address " + loopback.address() + " from outside";
                    case Obstacle.MartianSource martian ->
                        martian.input() + ": source " + martian.source() + " cannot be";
                    case Obstacle.NotUnicast not ->
                        not.destination() + " is not one host's address: " + route(not.route());
                    case Obstacle.TimeToLiveExpired expired -> "time to live runs out at " + expired.input();
                    case Obstacle.RoutingLoop loop -> "it comes by " + loop.place() + " again: a loop";
                    default -> null;
                });
    }

    private static Optional<String> rest(Obstacle obstacle) {
        return Optional.ofNullable(
                switch (obstacle) {
                    case Obstacle.TooBig big ->
                        big.length() + " bytes do not fit into " + big.out() + " (MTU " + big.mtu()
                                + (big.byRoute() ? " of the route" : "") + ")";
                    case Obstacle.PeerMtu mtu ->
                        mtu.length() + " bytes do not fit into " + mtu.peer() + " (MTU " + mtu.peerMtu()
                                + "), the other end of " + mtu.near() + " (MTU " + mtu.nearMtu() + ")";
                    case Obstacle.PortMtu mtu ->
                        mtu.length() + " bytes do not fit into bridge port " + mtu.port() + " (MTU " + mtu.portMtu()
                                + ")";
                    case Obstacle.NoRemote none -> "tunnel " + none.tunnel() + " knows no host for " + none.mac();
                    case Obstacle.UnderlayStopped under ->
                        "tunnel " + under.tunnel() + " does not reach " + under.remote()
                                + under.underlay()
                                        .obstacle()
                                        .map(inner -> ": " + of(inner))
                                        .orElse("");
                    case Obstacle.TunnelMismatch other ->
                        "tunnel " + other.tunnel() + " sends vni " + other.vni() + " to port " + other.port() + " of "
                                + other.namespaceName() + ", which has "
                                + (other.present().isEmpty() ? "no tunnel" : String.join(", ", other.present()));
                    case Obstacle.NoListener none ->
                        "nobody listens on " + none.protocol() + " " + none.address() + " port " + none.port() + " in "
                                + none.namespaceName()
                                + none.near().stream()
                                        .findFirst()
                                        .map(socket -> ", only on " + socket.address())
                                        .orElse("");
                    case Obstacle.AcceptQueueFull full ->
                        full.namespaceName() + ": the queue of the listener on port "
                                + full.socket().port() + " is full";
                    case Obstacle.EchoIgnored ignored -> ignored.namespaceName() + ": " + ignored.setting() + " is set";
                    case Obstacle.Misdelivered astray ->
                        "the reply lands in " + astray.at() + ", which has " + astray.address() + " too, and not in "
                                + astray.expectedName();
                    case Obstacle.UnexpectedReply other ->
                        "the reply arrives as " + other.actual() + " where " + other.expected() + " is expected";
                    default -> null;
                });
    }

    private static String list(List<Place> places) {
        return places.stream().map(Place::toString).collect(Collectors.joining(", "));
    }

    private static String route(Route route) {
        String type =
                route.type() == Route.Type.UNICAST ? "" : route.type().name().toLowerCase(Locale.ROOT) + " ";
        return type + "route " + route.destination();
    }
}
