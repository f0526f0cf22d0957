package dev.lasthop.netlink.nftables;

import dev.lasthop.address.Protocol;
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

    /** {@code NFT_OBJECT_CT_HELPER}. */
    public static final int CT_HELPER = 3;

    private static final Key<String> HELPER_NAME = Key.string(1, "NFTA_CT_HELPER_NAME");
    private static final Key<Integer> HELPER_PROTOCOL = Key.u8(3, "NFTA_CT_HELPER_L4PROTO");

    /**
     * A helper of connection tracking, which reads a protocol that names further connections (FTP, TFTP, SIP) and lets those through too;
     * for both families.
     *
     * @param helper the kernel's name for it: {@code ftp}
     */
    public static ObjectMessage helper(
            TableFamily family, String table, String name, String helper, Protocol protocol) {
        Attributes data = new Fields()
                .put(HELPER_NAME, helper)
                .put(HELPER_PROTOCOL, protocol.number())
                .done();
        return new ObjectMessage(
                NftHeader.of(family),
                new Fields()
                        .put(TABLE, table)
                        .put(NAME, name)
                        .put(TYPE, CT_HELPER)
                        .put(DATA, data)
                        .done());
    }

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
