package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.route.AddressMessage;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.NeighborMessage;
import dev.lasthop.netlink.route.RouteSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/** What rtnetlink says, undecoded; and the addresses, neighbours and forwarding entries in it. Its links and routes are read elsewhere. */
public final class RouteSource {
    static final String LINKS = "route/links";
    static final String ADDRESSES = "route/addresses";
    static final String NEIGHBORS = "route/neighbors";
    static final String PROXIES = "route/proxies";
    static final String FDB = "route/fdb";
    static final String BRIDGE_VLANS = "route/bridge-vlans";
    static final String NEXT_HOPS = "route/next-hops";

    private RouteSource() {}

    static String routes(Family family) {
        return "route/routes-" + family;
    }

    static String rules(Family family) {
        return "route/rules-" + family;
    }

    static String exceptions(Family family) {
        return "route/exceptions-" + family;
    }

    static void record(RouteSocket socket, SourceSink sink) {
        sink.attempt(LINKS, () -> sink.put(LINKS, socket.dumpLinks()));
        sink.attempt(ADDRESSES, () -> sink.put(ADDRESSES, socket.dumpAddresses()));
        for (Family family : Family.values()) {
            sink.attempt(routes(family), () -> sink.put(routes(family), socket.dumpRoutes(family)));
            sink.attempt(rules(family), () -> sink.put(rules(family), socket.dumpRules(family)));
            sink.attempt(exceptions(family), () -> sink.put(exceptions(family), socket.dumpRouteExceptions(family)));
        }
        sink.attempt(NEIGHBORS, () -> sink.put(NEIGHBORS, socket.dumpNeighbors()));
        sink.attempt(PROXIES, () -> sink.put(PROXIES, socket.dumpProxies()));
        sink.attempt(FDB, () -> sink.put(FDB, socket.dumpFdb()));
        sink.attempt(BRIDGE_VLANS, () -> sink.put(BRIDGE_VLANS, socket.dumpBridgeVlans()));
        sink.attempt(NEXT_HOPS, () -> sink.put(NEXT_HOPS, socket.dumpNextHops()));
    }

    /** A source's messages of one type. */
    static <T> List<T> messages(Recording recording, String source, int type, Function<ByteBuffer, T> decoder) {
        return RouteSocket.decoded(
                NetlinkMessage.decode(recording.source(source).read()), type, decoder);
    }

    static List<LinkMessage> links(Recording recording) {
        return messages(recording, LINKS, LinkMessage.NEW, LinkMessage::decode);
    }

    static List<InterfaceAddress> addresses(Recording recording) {
        return messages(recording, ADDRESSES, AddressMessage.NEW, AddressMessage::decode).stream()
                .flatMap(message -> address(message).stream())
                .toList();
    }

    public static Optional<InterfaceAddress> address(AddressMessage message) {
        Optional<IpAddress> local = message.attributes().get(AddressMessage.LOCAL);
        Optional<IpAddress> address = message.attributes().get(AddressMessage.ADDRESS);
        return local.or(() -> address)
                .map(own -> new InterfaceAddress(
                        message.index(),
                        prefix(own, message.prefixLength()),
                        address.filter(other -> !other.equals(own)),
                        message.scope(),
                        message.attributes().get(AddressMessage.FLAGS).orElse(message.shortFlags())));
    }

    static List<Neighbor> neighbors(Recording recording) {
        return Stream.of(NEIGHBORS, PROXIES)
                .flatMap(source -> messages(recording, source, NeighborMessage.NEW, NeighborMessage::decode).stream())
                .flatMap(message -> neighbor(message).stream())
                .toList();
    }

    private static Optional<Neighbor> neighbor(NeighborMessage message) {
        if (family(message.family()).isEmpty()) {
            return Optional.empty();
        }
        return message.attributes()
                .get(NeighborMessage.DESTINATION)
                .map(address -> new Neighbor(
                        message.index(),
                        address,
                        message.attributes().get(NeighborMessage.LINK_ADDRESS).flatMap(RouteSource::mac),
                        message.state(),
                        (message.flags() & NeighborMessage.PROXY) != 0));
    }

    static List<FdbEntry> fdb(Recording recording) {
        return messages(recording, FDB, NeighborMessage.NEW, NeighborMessage::decode).stream()
                .flatMap(message -> fdbEntry(message).stream())
                .toList();
    }

    private static Optional<FdbEntry> fdbEntry(NeighborMessage message) {
        var attributes = message.attributes();
        return attributes
                .get(NeighborMessage.LINK_ADDRESS)
                .flatMap(RouteSource::mac)
                .map(mac -> new FdbEntry(
                        message.index(),
                        mac,
                        new dev.lasthop.address.IfIndex(
                                attributes.get(NeighborMessage.MASTER).orElse(0)),
                        attributes.get(NeighborMessage.VLAN).orElse(0),
                        message.state(),
                        (message.flags() & NeighborMessage.SELF) != 0,
                        attributes.get(NeighborMessage.DESTINATION),
                        optional(attributes.get(NeighborMessage.VNI)),
                        optional(attributes.get(NeighborMessage.PORT))));
    }

    static OptionalInt optional(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    /** The address of an Ethernet interface; links of other kinds have addresses of other lengths. */
    static Optional<MacAddress> mac(Bytes bytes) {
        return bytes.size() == 6 ? Optional.of(MacAddress.of(bytes.toArray())) : Optional.empty();
    }

    static Optional<Family> family(int number) {
        return Stream.of(Family.values())
                .filter(family -> family.number() == number)
                .findFirst();
    }

    static Prefix prefix(IpAddress address, int length) {
        if (length > address.family().bits()) {
            throw new MalformedMessageException("%s with a prefix of %d bits".formatted(address, length));
        }
        return new Prefix(address, length);
    }
}
