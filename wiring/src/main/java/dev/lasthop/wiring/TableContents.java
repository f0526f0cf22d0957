package dev.lasthop.wiring;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.NftHeader;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.NftType;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.Statement.Counter;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.wiring.step.Site;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What stands in the table now: all elements of its sets, as they were read once. */
final class TableContents {
    /** An element's place in its set. */
    private record Place(Bytes key, Bytes keyEnd, boolean isEnd) {
        static Place of(SetElement element) {
            return new Place(element.key(), element.keyEnd(), element.isIntervalEnd());
        }
    }

    private final Map<String, Map<Place, SetElement>> sets = new TreeMap<>();

    /** Reads all sets of the table; one that is not there is empty. */
    static TableContents read(Site host) {
        var contents = new TableContents();
        for (SetMessage set : TableDesign.sets()) {
            Map<Place, SetElement> elements = new HashMap<>();
            for (SetElement element : elements(host, set.name())) {
                elements.put(Place.of(element), element);
            }
            contents.sets.put(set.name(), elements);
        }
        return contents;
    }

    private static List<SetElement> elements(Site host, String set) {
        try {
            return host
                    .netfilter()
                    .dump(
                            "read set inet " + OwnTable.NAME + " " + set,
                            NftType.GET_ELEMENTS,
                            NftHeader.of(OwnTable.FAMILY)
                                    .body(Attributes.of(
                                            ElementsMessage.TABLE.to(OwnTable.NAME), ElementsMessage.SET.to(set))))
                    .messages()
                    .stream()
                    .flatMap(message -> ElementsMessage.decode(message).elements().stream())
                    .toList();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    /** Whether it stands there, and leads where it is to lead. */
    boolean has(TableElement element) {
        return element.parts().stream()
                .allMatch(part -> find(element.set(), part)
                        .filter(known -> data(known).equals(data(part)))
                        .isPresent());
    }

    /** What stands in its place and leads elsewhere; nothing if it is right or missing. */
    List<TableElement> wrong(TableElement element) {
        List<SetElement> wrong = element.parts().stream()
                .flatMap(part ->
                        find(element.set(), part).filter(known -> !data(known).equals(data(part))).stream())
                .toList();
        return wrong.isEmpty() ? List.of() : List.of(new TableElement(element.set(), wrong, element.words()));
    }

    /** What stands there and is none of these. That nothing is below the first interval, nft says by an end at zero. */
    List<TableElement> besides(List<TableElement> wanted) {
        Map<String, Map<Place, SetElement>> rest = new TreeMap<>();
        sets.forEach((set, elements) -> rest.put(set, new HashMap<>(elements)));
        for (TableElement element : wanted) {
            Map<Place, SetElement> set = rest.getOrDefault(element.set(), new HashMap<>());
            element.parts().forEach(part -> set.remove(Place.of(part)));
        }
        List<TableElement> besides = new ArrayList<>();
        rest.forEach((set, elements) -> elements.values().stream()
                .filter(element -> !(element.isIntervalEnd() && isZero(element.key())))
                .sorted((a, b) -> a.key().toString().compareTo(b.key().toString()))
                .forEach(element -> besides.add(
                        new TableElement(set, List.of(element), element.key().toString()))));
        return besides;
    }

    private static boolean isZero(Bytes bytes) {
        return new BigInteger(1, bytes.toArray()).signum() == 0;
    }

    /** What an element has counted; nothing where it is not there. */
    Counter counter(TableElement element) {
        return find(element.set(), element.parts().getFirst())
                .map(SetElement::counter)
                .orElse(Counter.ZERO);
    }

    private Optional<SetElement> find(String set, SetElement part) {
        return Optional.ofNullable(sets.getOrDefault(set, Map.of()).get(Place.of(part)));
    }

    static Bytes data(SetElement element) {
        return element.data()
                .map(data -> data instanceof RuleData.Value value ? value.bytes() : Bytes.EMPTY)
                .orElse(Bytes.EMPTY);
    }

    /** The table itself. */
    static Optional<TableMessage> table(Site host) {
        TableMessage table = TableMessage.of(OwnTable.FAMILY, OwnTable.NAME);
        try {
            return host
                    .netfilter()
                    .request(
                            "look for " + table.what(),
                            NftType.GET_TABLE,
                            0,
                            table.header().body(Attributes.of(TableMessage.NAME.to(table.name()))))
                    .stream()
                    .findFirst()
                    .map(TableMessage::decode);
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The table's chains, sets and objects. */
    static List<NftMessage> things(Site host) {
        List<NftMessage> things = new ArrayList<>();
        dump(host, "chains", NftType.GET_CHAIN).forEach(message -> things.add(ChainMessage.decode(message)));
        dump(host, "sets", NftType.GET_SET).forEach(message -> things.add(SetMessage.decode(message)));
        dump(host, "objects", NftType.GET_OBJECT).forEach(message -> things.add(ObjectMessage.decode(message)));
        return things.stream()
                .filter(thing -> thing.table().equals(OwnTable.NAME))
                .toList();
    }

    private static List<NetlinkMessage> dump(Site host, String what, int type) {
        NftHeader header = NftHeader.of(OwnTable.FAMILY);
        return host.netfilter()
                .dump("read " + what + " of inet tables", type, header.body(Attributes.NONE))
                .messages();
    }

    /** The rules of each chain of the table, in order; chains without any are not named. */
    static Map<String, List<RuleMessage>> rules(Site host) {
        return host
                .netfilter()
                .dump(
                        "read the rules of table inet " + OwnTable.NAME,
                        NftType.GET_RULE,
                        NftHeader.of(OwnTable.FAMILY).body(Attributes.of(RuleMessage.TABLE.to(OwnTable.NAME))))
                .messages()
                .stream()
                .map(RuleMessage::decode)
                .collect(Collectors.groupingBy(RuleMessage::chain, TreeMap::new, Collectors.toList()));
    }
}
