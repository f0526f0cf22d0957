package dev.lasthop.netlink.route;

import dev.lasthop.netlink.Key;
import java.nio.ByteOrder;

/**
 * {@code struct ifla_vxlan_port_range}: UDP or TCP ports, both ends belong to it. In network byte order, other than the ranges of routing
 * rules.
 */
public record PortRange(int first, int last) {
    static Key<PortRange> bigEndian(int type, String name) {
        return Key.fixed(
                type,
                name,
                4,
                (out, range) -> out.order(ByteOrder.BIG_ENDIAN)
                        .putShort((short) range.first())
                        .putShort((short) range.last()),
                in -> {
                    in.order(ByteOrder.BIG_ENDIAN);
                    return new PortRange(Short.toUnsignedInt(in.getShort()), Short.toUnsignedInt(in.getShort()));
                });
    }
}
