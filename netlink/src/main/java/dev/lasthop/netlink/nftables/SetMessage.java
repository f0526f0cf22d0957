package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import java.util.List;

/** A set, map or verdict map without its elements ({@code NFT_MSG_NEWSET}). {@link #of} and {@link #map} make the usual ones. */
public record SetMessage(NftHeader header, Attributes attributes) implements NftMessage {
    public static final Key<String> TABLE = Key.string(1, "NFTA_SET_TABLE");
    public static final Key<String> NAME = Key.string(2, "NFTA_SET_NAME");
    public static final Key<Integer> FLAGS = Key.bigEndian32(3, "NFTA_SET_FLAGS");
    public static final Key<Integer> KEY_TYPE = Key.bigEndian32(4, "NFTA_SET_KEY_TYPE");
    public static final Key<Integer> KEY_LENGTH = Key.bigEndian32(5, "NFTA_SET_KEY_LEN");
    public static final Key<Integer> DATA_TYPE = Key.bigEndian32(6, "NFTA_SET_DATA_TYPE");
    public static final Key<Integer> DATA_LENGTH = Key.bigEndian32(7, "NFTA_SET_DATA_LEN");
    public static final Key<Attributes> DESCRIPTION = Key.flaggedNested(9, "NFTA_SET_DESC");
    public static final Key<Integer> ID = Key.bigEndian32(10, "NFTA_SET_ID");
    public static final Key<Long> TIMEOUT = Key.bigEndian64(11, "NFTA_SET_TIMEOUT");
    public static final Key<Bytes> USER_DATA = Key.bytes(13, "NFTA_SET_USERDATA");
    public static final Key<Integer> OBJECT_TYPE = Key.bigEndian32(15, "NFTA_SET_OBJ_TYPE");
    public static final Key<Long> HANDLE = Key.bigEndian64(16, "NFTA_SET_HANDLE");

    /** What each element does when it is found: it counts, mostly. */
    public static final Key<Attributes> EXPRESSION = Key.flaggedNested(17, "NFTA_SET_EXPR");

    private static final Key<Integer> SIZE = Key.bigEndian32(1, "NFTA_SET_DESC_SIZE");
    private static final Key<Attributes> CONCATENATION = Key.flaggedNested(2, "NFTA_SET_DESC_CONCAT");
    private static final Key<Attributes> ELEMENT = Key.flaggedNested(1, "NFTA_LIST_ELEM");
    private static final Key<Integer> FIELD_LENGTH = Key.bigEndian32(1, "NFTA_SET_FIELD_LEN");

    public static final int ANONYMOUS = 0x1;
    public static final int CONSTANT = 0x2;
    public static final int INTERVAL = 0x4;
    public static final int MAP = 0x8;
    public static final int TIMEOUTS = 0x10;
    public static final int DYNAMIC = 0x20;
    public static final int OBJECTS = 0x40;
    public static final int CONCATENATED = 0x80;

    /** {@code NFT_DATA_VERDICT}: the data type of a verdict map. */
    public static final int VERDICTS = 0xffffff00;

    /** @param flags {@link #INTERVAL} and the like; {@link #CONCATENATED} is added for intervals of several fields */
    public static SetMessage of(TableFamily family, String table, String name, List<FieldType> key, int flags, int id) {
        return new SetMessage(
                NftHeader.of(family), keyed(table, name, key, flags, id).done());
    }

    /** @param data what the map has for a key; several fields go into registers of their own, one behind the other */
    public static SetMessage map(
            TableFamily family,
            String table,
            String name,
            List<FieldType> key,
            List<FieldType> data,
            int flags,
            int id) {
        return new SetMessage(
                NftHeader.of(family),
                keyed(table, name, key, flags | MAP, id)
                        .put(DATA_TYPE, FieldType.number(data))
                        .put(DATA_LENGTH, FieldType.length(data))
                        .done());
    }

    public static SetMessage verdictMap(
            TableFamily family, String table, String name, List<FieldType> key, int flags, int id) {
        return new SetMessage(
                NftHeader.of(family),
                keyed(table, name, key, flags | MAP, id)
                        .put(DATA_TYPE, VERDICTS)
                        .put(DATA_LENGTH, 16)
                        .done());
    }

    /** The same, each of whose elements counts the packets that find it (since Linux 5.7). */
    public SetMessage counting() {
        return new SetMessage(header, attributes.with(EXPRESSION.to(Statement.Counter.ZERO.encode())));
    }

    private static Fields keyed(String table, String name, List<FieldType> key, int flags, int id) {
        boolean concatenatedIntervals = key.size() > 1 && (flags & INTERVAL) != 0;
        Fields fields = new Fields()
                .put(TABLE, table)
                .put(NAME, name)
                .put(FLAGS, concatenatedIntervals ? flags | CONCATENATED : flags)
                .put(KEY_TYPE, FieldType.number(key))
                .put(KEY_LENGTH, FieldType.length(key))
                .put(ID, id);
        if (concatenatedIntervals) {
            Attributes lengths = new Attributes(key.stream()
                    .map(field -> ELEMENT.to(Attributes.of(FIELD_LENGTH.to(field.bytes()))))
                    .toList());
            fields.put(DESCRIPTION, Attributes.of(CONCATENATION.to(lengths)));
        }
        return fields;
    }

    public static SetMessage decode(NetlinkMessage message) {
        NftHeader.Body body = NftHeader.split(message);
        return new SetMessage(body.header(), body.attributes());
    }

    @Override
    public String table() {
        return Fields.text(attributes, TABLE);
    }

    public String name() {
        return Fields.text(attributes, NAME);
    }

    public long handle() {
        return attributes.get(HANDLE).orElse(0L);
    }

    public int flags() {
        return Fields.number(attributes, FLAGS);
    }

    public boolean has(int flag) {
        return (flags() & flag) != 0;
    }

    /** nft's own numbers for the key's fields, the last in the lower six bits: {@link FieldType}. */
    public int keyType() {
        return Fields.number(attributes, KEY_TYPE);
    }

    public int keyLength() {
        return Fields.number(attributes, KEY_LENGTH);
    }

    public int dataType() {
        return Fields.number(attributes, DATA_TYPE);
    }

    public int dataLength() {
        return Fields.number(attributes, DATA_LENGTH);
    }

    /** How many elements it may hold; 0 where there is no limit. */
    public int size() {
        return attributes
                .get(DESCRIPTION)
                .map(description -> Fields.number(description, SIZE))
                .orElse(0);
    }

    /** The lengths of a concatenation's fields, where the kernel was told them: for intervals only. */
    public List<Integer> fieldLengths() {
        return attributes
                .get(DESCRIPTION)
                .flatMap(description -> description.get(CONCATENATION))
                .map(list -> list.each(ELEMENT).stream()
                        .map(field -> Fields.number(field, FIELD_LENGTH))
                        .toList())
                .orElse(List.of());
    }

    public String comment() {
        return attributes
                .get(USER_DATA)
                .flatMap(data -> UserData.text(data, UserData.SET_COMMENT))
                .orElse("");
    }

    @Override
    public String what() {
        return (has(MAP) ? "map " : "set ") + familyName() + " " + table() + " " + name();
    }
}
