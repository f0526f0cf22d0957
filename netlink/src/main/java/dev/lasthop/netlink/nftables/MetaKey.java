package dev.lasthop.netlink.nftables;

/** {@code enum nft_meta_keys}, in the kernel's order, with nft's names. */
@SuppressWarnings("EnumOrdinal") // the kernel's order is the number
public enum MetaKey {
    LENGTH("length"),
    PROTOCOL("protocol"),
    PRIORITY("priority"),
    MARK("mark"),
    INPUT("iif"),
    OUTPUT("oif"),
    INPUT_NAME("iifname"),
    OUTPUT_NAME("oifname"),
    INPUT_TYPE("iiftype"),
    OUTPUT_TYPE("oiftype"),
    SOCKET_USER("skuid"),
    SOCKET_GROUP("skgid"),
    TRACE("nftrace"),
    ROUTE_CLASS("rtclassid"),
    SECURITY_MARK("secmark"),
    NETFILTER_FAMILY("nfproto"),
    TRANSPORT("l4proto"),
    BRIDGE_INPUT_NAME("ibrname"),
    BRIDGE_OUTPUT_NAME("obrname"),
    PACKET_TYPE("pkttype"),
    CPU("cpu"),
    INPUT_GROUP("iifgroup"),
    OUTPUT_GROUP("oifgroup"),
    CGROUP("cgroup"),
    RANDOM("random"),
    IPSEC("ipsec"),
    INPUT_KIND("iifkind"),
    OUTPUT_KIND("oifkind"),
    BRIDGE_INPUT_VLAN("ibrpvid"),
    BRIDGE_INPUT_VLAN_PROTOCOL("ibrvproto"),
    TIME("time"),
    DAY("day"),
    HOUR("hour"),
    SLAVE_INTERFACE("sdif"),
    SLAVE_INTERFACE_NAME("sdifname"),
    BROUTE("broute"),
    /** A key that this program does not know. */
    OTHER("unknown");

    private final String text;

    MetaKey(String text) {
        this.text = text;
    }

    int number() {
        return ordinal();
    }

    static MetaKey of(int number) {
        return number >= 0 && number < OTHER.ordinal() ? values()[number] : OTHER;
    }

    @Override
    public String toString() {
        return text;
    }
}
