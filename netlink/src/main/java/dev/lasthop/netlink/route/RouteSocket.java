package dev.lasthop.netlink.route;

import static dev.lasthop.netlink.NetlinkMessage.APPEND;
import static dev.lasthop.netlink.NetlinkMessage.CREATE;
import static dev.lasthop.netlink.NetlinkMessage.EXCLUSIVE;
import static dev.lasthop.netlink.NetlinkMessage.REPLACE;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * rtnetlink in one namespace: reads and changes links, addresses, routes, rules, neighbours. All refusals are
 * {@link KernelException}s that carry the kernel's own words.
 */
public final class RouteSocket implements AutoCloseable {
    private final NetlinkSocket socket;

    private RouteSocket(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** In the namespace of the calling thread. */
    public static RouteSocket open() {
        return new RouteSocket(NetlinkSocket.open(NetlinkSocket.ROUTE));
    }

    public static RouteSocket open(NetworkNamespace namespace) {
        return new RouteSocket(NetlinkSocket.open(NetlinkSocket.ROUTE, namespace));
    }

    /** The socket itself, for multicast groups and for other kinds of messages. */
    public NetlinkSocket socket() {
        return socket;
    }

    // Changes

    /** Makes something new. @throws KernelException EEXIST if it is there already */
    public void create(Rtnetlink thing) {
        send("create " + thing.words(), thing.newType(), CREATE | EXCLUSIVE, thing);
    }

    /** Makes something new, or changes what is there into it (addresses, routes, neighbours). */
    public void replace(Rtnetlink thing) {
        send("set " + thing.words(), thing.newType(), CREATE | REPLACE, thing);
    }

    /** Adds to what is there: another route to the same destination, another remote for the same MAC address. */
    public void append(Rtnetlink thing) {
        send("append " + thing.words(), thing.newType(), CREATE | APPEND, thing);
    }

    /** Changes what must be there: a link by its number (or name), a bridge port, another thing by its key. */
    public void change(Rtnetlink thing) {
        boolean port = thing instanceof LinkMessage link && link.family() == LinkMessage.AF_BRIDGE;
        int flags = thing instanceof LinkMessage ? 0 : REPLACE;
        send("change " + thing.words(), port ? LinkMessage.SET : thing.newType(), flags, thing);
    }

    /** @throws KernelException ENODEV, EADDRNOTAVAIL, ESRCH or ENOENT if it is not there */
    public void delete(Rtnetlink thing) {
        send("delete " + thing.words(), thing.newType() + 1, 0, thing);
    }

    private void send(String operation, int type, int flags, Rtnetlink thing) {
        socket.request(operation, type, flags, thing.encode());
    }

    // Dumps: undecoded for a recording, decoded for everyone else

    public Dump dumpLinks() {
        return dump("links", LinkMessage.GET, LinkMessage.of());
    }

    /** Bridge ports with their VLANs ({@link LinkKinds.BridgeVlans}). */
    public Dump dumpBridgeVlans() {
        var all = new LinkMessage(
                LinkMessage.AF_BRIDGE,
                0,
                IfIndex.NONE,
                0,
                0,
                Attributes.of(LinkMessage.EXT_MASK.to(LinkMessage.VLAN_RANGES)));
        return dump("bridge VLANs", LinkMessage.GET, all);
    }

    public Dump dumpAddresses() {
        return dump("addresses", AddressMessage.GET, AddressMessage.all(0));
    }

    /** Routes of all tables. */
    public Dump dumpRoutes(Family family) {
        return dump(family + " routes", RouteMessage.GET, RouteMessage.all(family, 0));
    }

    /** What the kernel has learnt about single destinations: path MTUs, redirects. */
    public Dump dumpRouteExceptions(Family family) {
        return dump(family + " route exceptions", RouteMessage.GET, RouteMessage.all(family, RouteMessage.CLONED));
    }

    public Dump dumpRules(Family family) {
        return dump(family + " rules", RuleMessage.GET, RuleMessage.all(family));
    }

    public Dump dumpNeighbors() {
        return dump("neighbours", NeighborMessage.GET, NeighborMessage.all(0, 0));
    }

    /** The addresses that this host answers for. */
    public Dump dumpProxies() {
        return dump("proxied neighbours", NeighborMessage.GET, NeighborMessage.all(0, NeighborMessage.PROXY));
    }

    /** Forwarding databases of bridges, and of devices that have their own. */
    public Dump dumpFdb() {
        return dump("FDB", NeighborMessage.GET, NeighborMessage.all(LinkMessage.AF_BRIDGE, 0));
    }

    public Dump dumpNextHops() {
        return dump("next hops", NextHopMessage.GET, NextHopMessage.all());
    }

    public Dump dumpNetconf(Family family) {
        return dump(family + " settings", NetconfMessage.GET, NetconfMessage.all(family.number()));
    }

    public List<LinkMessage> links() {
        return decoded(dumpLinks(), LinkMessage.NEW, LinkMessage::decode);
    }

    public List<LinkMessage> bridgeVlans() {
        return decoded(dumpBridgeVlans(), LinkMessage.NEW, LinkMessage::decode);
    }

    public List<AddressMessage> addresses() {
        return decoded(dumpAddresses(), AddressMessage.NEW, AddressMessage::decode);
    }

    public List<RouteMessage> routes(Family family) {
        return decoded(dumpRoutes(family), RouteMessage.NEW, RouteMessage::decode);
    }

    public List<RuleMessage> rules(Family family) {
        return decoded(dumpRules(family), RuleMessage.NEW, RuleMessage::decode);
    }

    public List<NeighborMessage> neighbors() {
        return decoded(dumpNeighbors(), NeighborMessage.NEW, NeighborMessage::decode);
    }

    public List<NeighborMessage> proxies() {
        return decoded(dumpProxies(), NeighborMessage.NEW, NeighborMessage::decode);
    }

    public List<NeighborMessage> fdb() {
        return decoded(dumpFdb(), NeighborMessage.NEW, NeighborMessage::decode);
    }

    public List<NextHopMessage> nextHops() {
        return decoded(dumpNextHops(), NextHopMessage.NEW, NextHopMessage::decode);
    }

    public List<NetconfMessage> netconf(Family family) {
        return decoded(dumpNetconf(family), NetconfMessage.NEW, NetconfMessage::decode);
    }

    // Single questions

    /** The link of this name, or of this alternative name; empty if there is none. */
    public Optional<LinkMessage> link(String name) {
        boolean fits = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length < 16; // IFNAMSIZ
        return link(
                "look at link " + name,
                LinkMessage.of(fits ? LinkMessage.IFNAME.to(name) : LinkMessage.ALT_IFNAME.to(name)));
    }

    public Optional<LinkMessage> link(IfIndex index) {
        return link("look at link number " + index, LinkMessage.at(index));
    }

    /** The number of the link of this name. @throws KernelException ENODEV if there is none */
    public IfIndex index(String name) {
        return link(name)
                .map(LinkMessage::index)
                .orElseThrow(() -> new KernelException("find link " + name, Errno.ENODEV));
    }

    /** What hangs at a place of a link; empty where nothing does, or only what the kernel puts there by itself. */
    public Optional<QdiscMessage> qdisc(IfIndex link, int parent) {
        QdiscMessage which = QdiscMessage.at(link, parent);
        try {
            return decoded(
                            socket.request(
                                    "look at the " + which.words(),
                                    QdiscMessage.GET,
                                    NetlinkMessage.ECHO,
                                    which.encode()),
                            QdiscMessage.NEW,
                            QdiscMessage::decode)
                    .stream()
                    .filter(found -> found.handle() != 0) // the kernel's own have no number
                    .findFirst();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The filters of one place of a link, in their order. A place that is not there has none. */
    public List<FilterMessage> filters(IfIndex link, int parent) {
        try {
            FilterMessage all = FilterMessage.at(link, parent, 0, 0);
            return decoded(dump("filters", FilterMessage.GET, all), FilterMessage.NEW, FilterMessage::decode);
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    private Optional<LinkMessage> link(String operation, LinkMessage which) {
        try {
            return decoded(
                            socket.request(operation, LinkMessage.GET, 0, which.encode()),
                            LinkMessage.NEW,
                            LinkMessage::decode)
                    .stream()
                    .findFirst();
        } catch (KernelException e) {
            if (e.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Where the kernel itself would send one packet: the route with the interface, the gateway, the source address and the table that
     * it chose.
     *
     * @throws KernelException ENETUNREACH, EHOSTUNREACH (also: unreachable), EACCES (prohibit), EINVAL (blackhole) and others where it would not
     */
    public RouteMessage fibLookup(FlowQuestion question) {
        return ask(question, 0);
    }

    /** The entry of the routing table that decides about one packet. */
    public RouteMessage fibMatch(FlowQuestion question) {
        return ask(question, RouteMessage.FIB_MATCH);
    }

    private RouteMessage ask(FlowQuestion question, int flags) {
        String operation = "look up the route to " + question.destination();
        // IPv6 says the table anyway, and refuses to be asked for it
        boolean asksForTable = question.destination().family() == Family.IPV4;
        RouteMessage request = question.encodeTo(asksForTable ? flags | RouteMessage.LOOKUP_TABLE : flags);
        List<NetlinkMessage> replies = socket.request(operation, RouteMessage.GET, 0, request.encode());
        return decoded(replies, RouteMessage.NEW, RouteMessage::decode).stream()
                .findFirst()
                .orElseThrow(() -> new KernelException(operation, Errno.EAGAIN, "the kernel gave no route"));
    }

    /** The number that this socket's namespace knows another by; empty if it has none. */
    public Optional<Integer> namespaceId(NetworkNamespace other) {
        NamespaceIdMessage which =
                NamespaceIdMessage.of(NamespaceIdMessage.FD.to(other.fd().raw()));
        List<NetlinkMessage> replies =
                socket.request("ask for the id of " + other, NamespaceIdMessage.GET, 0, which.encode());
        return decoded(replies, NamespaceIdMessage.NEW, NamespaceIdMessage::decode).stream()
                .flatMap(reply -> reply.attributes().get(NamespaceIdMessage.ID).stream())
                .filter(id -> id != NamespaceIdMessage.NONE)
                .findFirst();
    }

    private Dump dump(String what, int type, Rtnetlink which) {
        return socket.dump("list " + what, type, which.encode());
    }

    private static <T> List<T> decoded(Dump dump, int type, Function<ByteBuffer, T> decoder) {
        return decoded(dump.messages(), type, decoder);
    }

    /** The messages of one type, decoded. */
    public static <T> List<T> decoded(List<NetlinkMessage> messages, int type, Function<ByteBuffer, T> decoder) {
        return messages.stream()
                .filter(message -> message.type() == type)
                .map(message -> decoder.apply(message.body().read()))
                .toList();
    }

    @Override
    public void close() {
        socket.close();
    }
}
