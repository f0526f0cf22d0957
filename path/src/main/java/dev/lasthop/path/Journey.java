package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the ways of a request, its reply and their tunnels' packets have in common. */
final class Journey {
    private static final int MOST_TUNNELS = 4;
    private static final int OF_THE_SENDER = 0; // time to live

    private final Index index;
    private final Gate gate;
    private final Resolver resolver;
    private final Set<Long> wanted = new TreeSet<>();
    private int depth;

    Journey(Index index, Gate gate) {
        this.index = index;
        this.gate = gate;
        this.resolver = new Resolver(index, gate, this);
    }

    /** Namespaces that were led into and are not known. */
    Set<Long> wanted() {
        return wanted;
    }

    Index index() {
        return index;
    }

    Gate gate() {
        return gate;
    }

    Resolver resolver() {
        return resolver;
    }

    Segment segment() {
        return new Segment(index, gate, this);
    }

    /** Follows a tunnel's own packet. */
    Path underlay(NamespaceState namespace, Flow flow, int length, Link tunnel) {
        if (depth >= MOST_TUNNELS) {
            return new Path(
                    List.of(), new Ending.Unknown("tunnels within tunnels through " + tunnel.name(), Optional.empty()));
        }
        depth++;
        try {
            PacketState packet = Packets.plain(flow, length, false, OF_THE_SENDER, 0, false);
            Optional<IpAddress> source = flow.source().isAny() ? Optional.empty() : Optional.of(flow.source());
            return new Walk(this, Optional.empty()).send(namespace, packet, source);
        } finally {
            depth--;
        }
    }

    /** Where a frame goes that DNAT on a bridge turned to another machine of the same bridge; empty if it is to be routed. */
    Optional<MacAddress> bridgedTarget(NamespaceState namespace, Link bridge, PacketState packet) {
        FibResult result = new Fib(namespace).lookup(FibQuery.input(packet.flow(), bridge.index(), packet.mark()));
        if (!(result instanceof FibResult.Found found)
                || found.route().type() != Route.Type.UNICAST
                || !found.nextHop().link().equals(bridge.index())) {
            return Optional.empty();
        }
        Optional<IpAddress> gateway = found.nextHop().gateway();
        var ask = new Resolver.Ask(
                namespace, bridge, gateway.orElse(packet.flow().destination()), gateway.isPresent(), found.route());
        return resolver.resolve(ask, packet) instanceof Resolver.Resolution.Known known
                ? Optional.of(known.stage().used())
                : Optional.empty();
    }
}
