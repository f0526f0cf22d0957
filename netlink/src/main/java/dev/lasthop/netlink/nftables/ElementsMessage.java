package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import java.util.ArrayList;
import java.util.List;

/** Elements of a set or map ({@code NFT_MSG_NEWSETELEM}, {@code NFT_MSG_DELSETELEM}). */
public record ElementsMessage(NftHeader header, Attributes attributes) implements NftMessage {
    public static final Key<String> TABLE = Key.string(1, "NFTA_SET_ELEM_LIST_TABLE");
    public static final Key<String> SET = Key.string(2, "NFTA_SET_ELEM_LIST_SET");
    public static final Key<Attributes> ELEMENTS = Key.flaggedNested(3, "NFTA_SET_ELEM_LIST_ELEMENTS");
    public static final Key<Integer> SET_ID = Key.bigEndian32(4, "NFTA_SET_ELEM_LIST_SET_ID");

    private static final Key<Attributes> ELEMENT = Key.flaggedNested(1, "NFTA_LIST_ELEM");
    private static final int LONGEST = 0xf000; // an attribute's length has 16 bits

    /**
     * One message or, for many elements, several.
     *
     * @param setId the set's number, where the same transaction makes the set; 0 for a set that is there already
     */
    public static List<ElementsMessage> of(
            TableFamily family, String table, String set, int setId, List<SetElement> elements) {
        var messages = new ArrayList<ElementsMessage>();
        var some = new ArrayList<Attribute>();
        int size = 0;
        for (SetElement element : elements) {
            Attribute one = ELEMENT.to(element.attributes());
            if (size + one.value().size() > LONGEST) {
                messages.add(of(family, table, set, setId, new Attributes(some)));
                some.clear();
                size = 0;
            }
            some.add(one);
            size += one.value().size() + 8;
        }
        messages.add(of(family, table, set, setId, new Attributes(some)));
        return messages;
    }

    /** A message about one element of a set that is there. */
    static ElementsMessage of(NftHeader header, String table, String set, SetElement element) {
        return new ElementsMessage(
                header,
                new Fields()
                        .put(TABLE, table)
                        .put(SET, set)
                        .put(ELEMENTS, Attributes.of(ELEMENT.to(element.attributes())))
                        .done());
    }

    private static ElementsMessage of(TableFamily family, String table, String set, int setId, Attributes list) {
        return new ElementsMessage(
                NftHeader.of(family),
                new Fields()
                        .put(TABLE, table)
                        .put(SET, set)
                        .nonZero(SET_ID, setId)
                        .put(ELEMENTS, list)
                        .done());
    }

    public static ElementsMessage decode(NetlinkMessage message) {
        NftHeader.Body body = NftHeader.split(message);
        return new ElementsMessage(body.header(), body.attributes());
    }

    @Override
    public String table() {
        return Fields.text(attributes, TABLE);
    }

    public String set() {
        return Fields.text(attributes, SET);
    }

    public List<SetElement> elements() {
        return attributes
                .get(ELEMENTS)
                .map(list -> list.each(ELEMENT).stream().map(SetElement::new).toList())
                .orElse(List.of());
    }

    @Override
    public String what() {
        return "elements of set " + familyName() + " " + table() + " " + set();
    }
}
