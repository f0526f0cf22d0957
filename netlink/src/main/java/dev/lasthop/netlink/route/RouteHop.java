package dev.lasthop.netlink.route;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One of a multipath route's next hops: {@code struct rtnexthop} and its attributes, {@link RouteMessage#GATEWAY},
 * {@link RouteMessage#VIA} and others of a route's.
 *
 * @param flags {@code RTNH_F_*}
 * @param hops the weight less one
 */
public record RouteHop(int flags, int hops, IfIndex link, Attributes attributes) {
    private static final int HEADER = 8;

    static Key<List<RouteHop>> listKey(int type, String name) {
        return Key.of(type, name, RouteHop::encode, in -> decode(name, in));
    }

    /** {@code struct rtvia}: a family and an address of it. */
    static Key<IpAddress> viaKey(int type, String name) {
        return Key.of(type, name, RouteHop::encodeVia, in -> decodeVia(name, in));
    }

    private static Bytes encodeVia(IpAddress address) {
        byte[] bytes = address.bytes();
        return Bytes.write(
                2 + bytes.length,
                out -> out.putShort((short) address.family().number()).put(bytes));
    }

    private static IpAddress decodeVia(String name, ByteBuffer in) {
        Layout.require(in, 2, name);
        int family = Short.toUnsignedInt(in.getShort());
        for (Family known : Family.values()) {
            if (known.number() == family && known.bytes() == in.remaining()) {
                return IpAddress.of(Bytes.take(in, known.bytes()).toArray());
            }
        }
        throw new MalformedMessageException(
                "%s has %d bytes of address family %d".formatted(name, in.remaining(), family));
    }

    private static Bytes encode(List<RouteHop> hops) {
        List<Bytes> tails = hops.stream().map(hop -> hop.attributes().encode()).toList();
        int size = HEADER * hops.size() + tails.stream().mapToInt(Bytes::size).sum();
        return Bytes.write(size, out -> {
            for (int i = 0; i < hops.size(); i++) {
                RouteHop hop = hops.get(i);
                out.putShort((short) (HEADER + tails.get(i).size()))
                        .put((byte) hop.flags())
                        .put((byte) hop.hops())
                        .putInt(hop.link().value())
                        .put(tails.get(i).read());
            }
        });
    }

    private static List<RouteHop> decode(String name, ByteBuffer in) {
        var all = new ArrayList<RouteHop>();
        while (in.hasRemaining()) {
            Layout.require(in, HEADER, name);
            int length = Short.toUnsignedInt(in.getShort());
            int flags = Byte.toUnsignedInt(in.get());
            int hops = Byte.toUnsignedInt(in.get());
            var link = new IfIndex(in.getInt());
            if (length < HEADER || length - HEADER > in.remaining()) {
                throw new MalformedMessageException(
                        "%s: a hop says %d bytes, %d are left".formatted(name, length, HEADER + in.remaining()));
            }
            Attributes attributes =
                    Attributes.decode(Bytes.take(in, length - HEADER).read());
            int padding = ((length + 3) & ~3) - length;
            in.position(Math.min(in.limit(), in.position() + padding));
            all.add(new RouteHop(flags, hops, link, attributes));
        }
        return List.copyOf(all);
    }
}
