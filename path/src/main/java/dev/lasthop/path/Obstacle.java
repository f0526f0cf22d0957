package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.ListeningSocket;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.topology.Route;
import dev.lasthop.topology.RoutingRule;
import java.util.List;
import java.util.Optional;

/** Why a packet goes no further. Each holds what tells it apart from what looks the same. */
public sealed interface Obstacle {
    // Links and layer 2

    /** The namespace has no interface but its loopback. */
    record NoInterface(long namespace, String namespaceName) implements Obstacle {}

    /** An interface of the way is set down: a veth, a tunnel, hardware. */
    record LinkDown(Place place) implements Obstacle {}

    /** The loopback is set down. */
    record LoopbackDown(Place place) implements Obstacle {}

    /** A bridge is set down. */
    record BridgeDown(Place bridge) implements Obstacle {}

    /** The other end of a veth is set down. */
    record PeerDown(Place near, Place peer) implements Obstacle {}

    /** The interface has no carrier, and the reason cannot be seen from here. */
    record NoCarrier(Place place) implements Obstacle {}

    /**
     * A veth's host end is not a port of the bridge that owns or leads to the address looked for.
     *
     * @param wanted the address that nobody answers for because of it
     */
    record NotBridged(Place hostEnd, Place bridge, IpAddress wanted) implements Obstacle {}

    /** Spanning tree (or its timer) holds the port: {@code state} is {@code BR_STATE_*}. */
    record PortBlocked(Place bridge, Place port, int state) implements Obstacle {}

    /** Both ports are isolated from each other. */
    record PortsIsolated(Place bridge, Place in, Place out) implements Obstacle {}

    /** The frame would have to leave by the port that it came in by. */
    record HairpinOff(Place bridge, Place port) implements Obstacle {}

    /** The bridge does not know the address and the port takes no unknown ones. */
    record FloodOff(Place bridge, Place port, MacAddress mac) implements Obstacle {}

    /**
     * The bridge sends frames for the address to a port behind which it is not.
     *
     * @param actual where that address is
     */
    record WrongFdbEntry(Place bridge, MacAddress mac, Place port, boolean permanent, Place actual)
            implements Obstacle {}

    /** A macvlan child and the host of its parent cannot talk through the parent. */
    record MacvlanParent(Place child, Place parent, IpAddress wanted) implements Obstacle {}

    /** The mode keeps siblings apart: {@code MACVLAN_MODE_*}. */
    record MacvlanMode(Place from, Place to, int mode) implements Obstacle {}

    /** The packet filter drops, rejects or queues it. {@code bridged}: the IP rules were asked for a bridged frame. */
    record Filtered(
            long namespace,
            String namespaceName,
            Filtering.Layer layer,
            Hook hook,
            boolean bridged,
            HookOutcome outcome)
            implements Obstacle {}

    // Addresses and neighbours

    /** No usable address of the family. */
    record NoAddress(long namespace, String namespaceName, Family family, Optional<Place> link) implements Obstacle {}

    /** A link-local source, as the sender has no other IPv6 address: no router sends it on. */
    record LinkLocalSource(Place input, IpAddress source) implements Obstacle {}

    /** IPv6 is switched off on the interface. */
    record Ipv6Disabled(Place place) implements Obstacle {}

    /** The address may not be used (yet): tentative, or duplicate address detection failed. */
    record AddressNotUsable(Place place, InterfaceAddress address) implements Obstacle {}

    /**
     * Nobody on the segment answers for the next hop.
     *
     * @param gateway whether the next hop is a route's gateway and not the destination itself
     * @param owners interfaces elsewhere in the snapshot that have the address
     * @param reached the interfaces that heard the question
     */
    record NobodyAnswers(
            Place from, IpAddress wanted, boolean gateway, Route route, List<Place> owners, List<Place> reached)
            implements Obstacle {
        public NobodyAnswers {
            owners = List.copyOf(owners);
            reached = List.copyOf(reached);
        }
    }

    /** The owner of the address hears the question and does not answer. */
    record SilentOwner(Place from, IpAddress wanted, Place owner, Silence silence, String detail) implements Obstacle {}

    /** Why an owner does not answer ARP or ND. */
    enum Silence {
        ARP_IGNORE,
        ARP_FILTER_SETTING,
        NO_ARP_FLAG,
        REVERSE_PATH,
        FILTER
    }

    /** The sender's or asker's own ARP is dropped by a rule. */
    record ArpFiltered(long namespace, String namespaceName, HookOutcome.Decision by) implements Obstacle {}

    /** A host end with a route to the address hears the question, and may not answer for others. */
    record ProxyArpOff(Place from, IpAddress wanted, Place hostEnd) implements Obstacle {}

    /** The way leads over an address on a bridge port itself: answers come up at the bridge, not there. */
    record AddressOnPort(Place port, Place bridge, IpAddress wanted, Route route) implements Obstacle {}

    /**
     * Frames go to a hardware address that is not the next hop's.
     *
     * @param entry the neighbour entry that says so; empty where the link has no ARP and sends to its own address
     * @param holders who has that hardware address, anywhere
     * @param owners who has the next hop's address on this segment
     */
    record WrongMac(
            Place from,
            IpAddress nextHop,
            MacAddress mac,
            Optional<Neighbor> entry,
            List<Place> holders,
            List<Place> owners)
            implements Obstacle {
        public WrongMac {
            holders = List.copyOf(holders);
            owners = List.copyOf(owners);
        }
    }

    // Routing and policy

    /** No route. {@code input} is empty where the namespace is the sender itself. */
    record NoRoute(long namespace, String namespaceName, Optional<Place> input, IpAddress destination, IpAddress source)
            implements Obstacle {}

    /** A blackhole, unreachable, prohibit or throw route. */
    record RouteRefuses(
            long namespace,
            String namespaceName,
            Optional<Place> input,
            Route route,
            RoutingRule rule,
            IpAddress destination)
            implements Obstacle {}

    /** A policy rule's own action. */
    record RuleRefuses(long namespace, String namespaceName, Optional<Place> input, RoutingRule rule)
            implements Obstacle {}

    /** All next hops of the route are down. */
    record DeadNextHops(long namespace, String namespaceName, Route route) implements Obstacle {}

    /** The namespace is no router (for this ingress interface). */
    record ForwardingOff(Place input, Family family, IpAddress destination) implements Obstacle {}

    /**
     * The reverse-path filter drops: the way back to the source does not lead out where the packet came in.
     *
     * @param mode 1 strict, 2 loose
     * @param reverse the route back, if there is any
     */
    record ReversePath(Place input, IpAddress source, int mode, Optional<Route> reverse, Optional<Place> reverseOut)
            implements Obstacle {}

    /** The packet's source is one of the receiver's own addresses. */
    record LocalSource(Place input, IpAddress source) implements Obstacle {}

    /** A loopback address from outside. {@code destination}: whether it is the destination (route_localnet) or the source. */
    record LoopbackFromOutside(Place input, IpAddress address, boolean destination) implements Obstacle {}

    /** A source that no packet can have: multicast, broadcast, zero. */
    record MartianSource(Place input, IpAddress source) implements Obstacle {}

    /** A destination that is not for one host: broadcast or multicast where unicast is asked for. */
    record NotUnicast(long namespace, String namespaceName, Route route, IpAddress destination) implements Obstacle {}

    record TimeToLiveExpired(Place input, int started) implements Obstacle {}

    /** The packet comes by the same place again, unchanged. */
    record RoutingLoop(Place place, List<Hop> circle) implements Obstacle {
        public RoutingLoop {
            circle = List.copyOf(circle);
        }
    }

    // Sizes

    /** Larger than the way out takes, and may not be cut. {@code byRoute}: the route's own MTU and not the link's. */
    record TooBig(Place out, int mtu, int length, boolean byRoute, boolean sender) implements Obstacle {}

    /** Larger than the other end of the veth takes: dropped without a word. */
    record PeerMtu(Place near, int nearMtu, Place peer, int peerMtu, int length) implements Obstacle {}

    /** Larger than the bridge port takes: dropped without a word. */
    record PortMtu(Place bridge, int bridgeMtu, Place port, int portMtu, int length) implements Obstacle {}

    // Tunnels

    /** The VXLAN device knows no remote host for the address. */
    record NoRemote(Place tunnel, MacAddress mac) implements Obstacle {}

    /** The tunnel's own packet does not arrive. */
    record UnderlayStopped(Place tunnel, IpAddress remote, Path underlay) implements Obstacle {}

    /** The tunnel's packet arrives where no tunnel takes it. {@code present}: "vni 42 port 4789" of each tunnel there. */
    record TunnelMismatch(
            Place tunnel,
            int vni,
            int port,
            IpAddress remote,
            String namespaceName,
            List<String> present,
            boolean portOpen)
            implements Obstacle {
        public TunnelMismatch {
            present = List.copyOf(present);
        }
    }

    // Sockets and delivery

    /**
     * Nothing takes it there.
     *
     * @param near sockets of the same protocol and port that are bound otherwise: to the loopback, to another address or family
     */
    record NoListener(
            long namespace,
            String namespaceName,
            Protocol protocol,
            IpAddress address,
            int port,
            List<ListeningSocket> near)
            implements Obstacle {
        public NoListener {
            near = List.copyOf(near);
        }
    }

    /** The listener's queue of connections is full. */
    record AcceptQueueFull(long namespace, String namespaceName, ListeningSocket socket) implements Obstacle {}

    /** {@code icmp_echo_ignore_all}. */
    record EchoIgnored(long namespace, String namespaceName, String setting) implements Obstacle {}

    /** The reply arrives in a namespace that asked nothing. */
    record Misdelivered(Place at, long expected, String expectedName, IpAddress address) implements Obstacle {}

    /** The reply arrives with addresses that the sender does not expect: it was not translated back. */
    record UnexpectedReply(Place at, Flow expected, Flow actual) implements Obstacle {}
}
