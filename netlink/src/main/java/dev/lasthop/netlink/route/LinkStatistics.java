package dev.lasthop.netlink.route;

import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.MalformedMessageException;

/**
 * {@code struct rtnl_link_stats64}: an array of counters, which has grown with the kernel and may grow on.
 *
 * @param values all of them, as bytes in native order
 */
public record LinkStatistics(Bytes values) {
    private static final int LEAST = 8 * 8; // up to tx_dropped: there since the beginning

    static Key<LinkStatistics> key(int type, String name) {
        return Key.of(type, name, LinkStatistics::values, in -> {
            if (in.remaining() < LEAST || in.remaining() % 8 != 0) {
                throw new MalformedMessageException(
                        "%s is %d bytes, not a multiple of 8 and at least %d".formatted(name, in.remaining(), LEAST));
            }
            return new LinkStatistics(Bytes.take(in, in.remaining()));
        });
    }

    public long receivedPackets() {
        return at(0);
    }

    public long sentPackets() {
        return at(1);
    }

    public long receivedBytes() {
        return at(2);
    }

    public long sentBytes() {
        return at(3);
    }

    public long receiveErrors() {
        return at(4);
    }

    public long sendErrors() {
        return at(5);
    }

    public long receiveDropped() {
        return at(6);
    }

    public long sendDropped() {
        return at(7);
    }

    private long at(int index) {
        return values.read().getLong(index * Long.BYTES);
    }
}
