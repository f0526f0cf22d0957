package dev.lasthop.netlink.nftables;

/** nf_tables' message types, {@code enum nf_tables_msg_types} with the subsystem in the upper byte (include/uapi/linux/netfilter/nf_tables.h). */
public final class NftType {
    public static final int BATCH_BEGIN = 0x10; // NFNL_MSG_BATCH_BEGIN
    public static final int BATCH_END = 0x11; // NFNL_MSG_BATCH_END
    public static final int SUBSYSTEM = 10; // NFNL_SUBSYS_NFTABLES

    public static final int NEW_TABLE = SUBSYSTEM << 8;
    public static final int GET_TABLE = NEW_TABLE + 1;
    public static final int DELETE_TABLE = NEW_TABLE + 2;
    public static final int NEW_CHAIN = NEW_TABLE + 3;
    public static final int GET_CHAIN = NEW_TABLE + 4;
    public static final int DELETE_CHAIN = NEW_TABLE + 5;
    public static final int NEW_RULE = NEW_TABLE + 6;
    public static final int GET_RULE = NEW_TABLE + 7;
    public static final int DELETE_RULE = NEW_TABLE + 8;
    public static final int NEW_SET = NEW_TABLE + 9;
    public static final int GET_SET = NEW_TABLE + 10;
    public static final int DELETE_SET = NEW_TABLE + 11;
    public static final int NEW_ELEMENTS = NEW_TABLE + 12; // NFT_MSG_NEWSETELEM
    public static final int GET_ELEMENTS = NEW_TABLE + 13;
    public static final int DELETE_ELEMENTS = NEW_TABLE + 14;
    public static final int NEW_GENERATION = NEW_TABLE + 15;
    public static final int GET_GENERATION = NEW_TABLE + 16;
    public static final int TRACE = NEW_TABLE + 17;
    public static final int NEW_OBJECT = NEW_TABLE + 18;
    public static final int GET_OBJECT = NEW_TABLE + 19;
    public static final int DELETE_OBJECT = NEW_TABLE + 20;

    private NftType() {}
}
