package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;

/** A named counter, quota, limit, helper or the like ({@code NFT_MSG_NEWOBJ}). */
public record ObjectMessage(NftHeader header, Attributes attributes) implements NftMessage {
    public static final Key<String> TABLE = Key.string(1, "NFTA_OBJ_TABLE");
    public static final Key<String> NAME = Key.string(2, "NFTA_OBJ_NAME");
    public static final Key<Integer> TYPE = Key.bigEndian32(3, "NFTA_OBJ_TYPE");
    public static final Key<Attributes> DATA = Key.flaggedNested(4, "NFTA_OBJ_DATA");
    public static final Key<Long> HANDLE = Key.bigEndian64(6, "NFTA_OBJ_HANDLE");

    public static ObjectMessage decode(NetlinkMessage message) {
        NftHeader.Body body = NftHeader.split(message);
        return new ObjectMessage(body.header(), body.attributes());
    }

    @Override
    public String table() {
        return Fields.text(attributes, TABLE);
    }

    public String name() {
        return Fields.text(attributes, NAME);
    }

    /** {@code NFT_OBJECT_*}. */
    public int type() {
        return Fields.number(attributes, TYPE);
    }

    @Override
    public String what() {
        return "object " + familyName() + " " + table() + " " + name();
    }
}
