package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;

/** A table ({@code NFT_MSG_NEWTABLE}). */
public record TableMessage(NftHeader header, Attributes attributes) implements NftMessage {
    public static final Key<String> NAME = Key.string(1, "NFTA_TABLE_NAME");
    public static final Key<Integer> FLAGS = Key.bigEndian32(2, "NFTA_TABLE_FLAGS");
    public static final Key<Integer> USE = Key.bigEndian32(3, "NFTA_TABLE_USE");
    public static final Key<Long> HANDLE = Key.bigEndian64(4, "NFTA_TABLE_HANDLE");
    public static final Key<Bytes> USER_DATA = Key.bytes(6, "NFTA_TABLE_USERDATA");
    public static final Key<Integer> OWNER = Key.bigEndian32(7, "NFTA_TABLE_OWNER");

    /** {@code NFT_TABLE_F_DORMANT}: its chains are not called. */
    public static final int DORMANT = 1;

    /** {@code NFT_TABLE_F_OWNER}: belongs to the socket that made it, ends with it, and nobody else may change it. */
    public static final int OWNED = 2;

    public static TableMessage of(TableFamily family, String name) {
        return of(family, name, 0, "");
    }

    /** @param comment up to 127 bytes; empty for none */
    public static TableMessage of(TableFamily family, String name, int flags, String comment) {
        Fields fields = new Fields().put(NAME, name).put(FLAGS, flags);
        if (!comment.isEmpty()) {
            fields.put(USER_DATA, UserData.comment(comment));
        }
        return new TableMessage(NftHeader.of(family), fields.done());
    }

    public static TableMessage decode(NetlinkMessage message) {
        NftHeader.Body body = NftHeader.split(message);
        return new TableMessage(body.header(), body.attributes());
    }

    public String name() {
        return Fields.text(attributes, NAME);
    }

    @Override
    public String table() {
        return name();
    }

    public int flags() {
        return Fields.number(attributes, FLAGS);
    }

    public long handle() {
        return attributes.get(HANDLE).orElse(0L);
    }

    public String comment() {
        return attributes
                .get(USER_DATA)
                .flatMap(data -> UserData.text(data, UserData.COMMENT))
                .orElse("");
    }

    @Override
    public String what() {
        return "table " + familyName() + " " + name();
    }
}
