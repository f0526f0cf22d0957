package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.NetlinkMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What stands before the attributes of each nfnetlink message: {@code struct nfgenmsg} (include/uapi/linux/netfilter/nfnetlink.h).
 *
 * @param family {@code NFPROTO_*}, 0 for any
 * @param version {@code NFNETLINK_V0}
 * @param resource depends on the message; in a dump of nf_tables the lower 16 bits of the rule set's generation
 */
public record NftHeader(int family, int version, int resource) {
    public static final int SIZE = 4;

    public static NftHeader of(TableFamily family) {
        return new NftHeader(family.number(), 0, 0);
    }

    public static NftHeader decode(ByteBuffer in) {
        if (in.remaining() < SIZE) {
            throw new MalformedMessageException("nfgenmsg cut short: %d bytes".formatted(in.remaining()));
        }
        int family = Byte.toUnsignedInt(in.get());
        int version = Byte.toUnsignedInt(in.get());
        int high = Byte.toUnsignedInt(in.get()); // the resource id is in network order
        return new NftHeader(family, version, high << 8 | Byte.toUnsignedInt(in.get()));
    }

    /** This header and the attributes after it, as a message's body. */
    public Bytes body(Attributes attributes) {
        Bytes encoded = attributes.encode();
        return Bytes.write(
                SIZE + encoded.size(),
                out -> out.put((byte) family)
                        .put((byte) version)
                        .order(ByteOrder.BIG_ENDIAN)
                        .putShort((short) resource)
                        .put(encoded.read()));
    }

    /** A nfnetlink message's body taken apart. */
    static Body split(NetlinkMessage message) {
        ByteBuffer in = message.body().read();
        NftHeader header = decode(in);
        return new Body(header, Attributes.decode(in));
    }

    record Body(NftHeader header, Attributes attributes) {}
}
