package dev.lasthop.netlink.nftables;

/** {@code enum nft_ct_keys}, in the kernel's order, with nft's names. */
@SuppressWarnings("EnumOrdinal") // the kernel's order is the number
public enum CtKey {
    STATE("state"),
    DIRECTION("direction"),
    STATUS("status"),
    MARK("mark"),
    SECURITY_MARK("secmark"),
    EXPIRATION("expiration"),
    HELPER("helper"),
    NETWORK_PROTOCOL("l3proto"),
    SOURCE("saddr"),
    DESTINATION("daddr"),
    PROTOCOL("protocol"),
    SOURCE_PORT("proto-src"),
    DESTINATION_PORT("proto-dst"),
    LABELS("label"),
    PACKETS("packets"),
    BYTES("bytes"),
    AVERAGE_PACKET("avgpkt"),
    ZONE("zone"),
    EVENTS("event"),
    SOURCE_IP("ip saddr"),
    DESTINATION_IP("ip daddr"),
    SOURCE_IP6("ip6 saddr"),
    DESTINATION_IP6("ip6 daddr"),
    ID("id"),
    /** A key that this program does not know. */
    OTHER("unknown");

    /** Bits of {@link #STATE}, as nft counts them ({@code NF_CT_STATE_BIT}). */
    public static final int INVALID = 1;

    public static final int ESTABLISHED = 2;
    public static final int RELATED = 4;
    public static final int NEW = 8;
    public static final int UNTRACKED = 64;

    private final String text;

    CtKey(String text) {
        this.text = text;
    }

    int number() {
        return ordinal();
    }

    static CtKey of(int number) {
        return number >= 0 && number < OTHER.ordinal() ? values()[number] : OTHER;
    }

    @Override
    public String toString() {
        return text;
    }
}
