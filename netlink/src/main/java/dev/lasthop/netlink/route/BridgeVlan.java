package dev.lasthop.netlink.route;

import dev.lasthop.netlink.Key;

/**
 * {@code struct bridge_vlan_info}: a VLAN that a bridge port takes part in.
 *
 * @param flags {@code BRIDGE_VLAN_INFO_*}
 */
public record BridgeVlan(int flags, int id) {
    public static final int PVID = 0x02;
    public static final int UNTAGGED = 0x04;
    public static final int RANGE_BEGIN = 0x08;
    public static final int RANGE_END = 0x10;

    static Key<BridgeVlan> key(int type, String name) {
        return Key.fixed(
                type,
                name,
                4,
                (out, vlan) -> out.putShort((short) vlan.flags()).putShort((short) vlan.id()),
                in -> new BridgeVlan(Short.toUnsignedInt(in.getShort()), Short.toUnsignedInt(in.getShort())));
    }
}
