package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.wiring.step.FirewallStep;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something in one of the table's sets and maps.
 *
 * @param parts what the kernel takes it for: one element, or two for the ends of an interval
 * @param words as nft writes it
 */
record TableElement(String set, List<SetElement> parts, String words) {
    TableElement {
        parts = List.copyOf(parts);
    }

    static TableElement of(String set, byte[] key, String words) {
        return new TableElement(set, List.of(SetElement.of(key)), words);
    }

    /** A prefix in a set of intervals without concatenation. */
    static TableElement prefix(String set, Prefix prefix) {
        return new TableElement(set, ends(SetElement.of(prefix.first().bytes()), prefix), prefix.toString());
    }

    /** A prefix that a map of intervals has an address for. */
    static TableElement prefix(String map, Prefix prefix, IpAddress to) {
        SetElement first = SetElement.of(prefix.first().bytes()).mappedTo(RuleData.Value.of(to.bytes()));
        return new TableElement(map, ends(first, prefix), prefix + " : " + to);
    }

    private static List<SetElement> ends(SetElement first, Prefix prefix) {
        IpAddress end = prefix.last().plus(1);
        // behind the last address of all there is nothing: such an interval has no end
        return end.isAny() ? List.of(first) : List.of(first, SetElement.intervalEnd(end.bytes()));
    }

    /** An interface's name, or two. */
    static TableElement interfaces(String set, String... names) {
        var key = new ByteArrayOutputStream();
        List<String> words = new ArrayList<>();
        for (String name : names) {
            key.writeBytes(RuleBuilder.interfaceName(name));
            words.add('"' + name + '"');
        }
        return of(set, key.toByteArray(), String.join(" . ", words));
    }

    /** Two interface groups. */
    static TableElement groups(int from, int to) {
        byte[] key = ByteBuffer.allocate(2 * Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(from)
                .putInt(to)
                .array();
        return of("groups", key, from + " . " + to);
    }

    /** The same element, which leads to an address and a port. */
    TableElement mappedTo(IpAddress to, int port) {
        return mapped(join(to.bytes(), port(port)), to + " . " + port);
    }

    /** The same element, which leads to an address. */
    TableElement mappedTo(IpAddress to) {
        return mapped(to.bytes(), to.toString());
    }

    private TableElement mapped(byte[] data, String to) {
        return new TableElement(set, List.of(parts.getFirst().mappedTo(RuleData.Value.of(data))), words + " : " + to);
    }

    /** A protocol as it stands in a key. */
    static byte[] protocol(Protocol protocol) {
        return new byte[] {(byte) protocol.number(), 0, 0, 0};
    }

    /** A port as it stands in a key. */
    static byte[] port(int port) {
        return new byte[] {(byte) (port >>> 8), (byte) port, 0, 0};
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Puts them into the table, or takes them out; a message and a command for each set. */
    static FirewallStep step(List<TableElement> elements, boolean add) {
        Map<String, List<TableElement>> bySet = new LinkedHashMap<>();
        elements.forEach(element ->
                bySet.computeIfAbsent(element.set(), _ -> new ArrayList<>()).add(element));
        var changes = new TableChanges();
        bySet.forEach((set, some) -> changes.elements(
                set,
                some.stream().flatMap(one -> one.parts().stream()).toList(),
                some.stream().map(TableElement::words).toList(),
                add));
        return changes.step();
    }

    /** The set in a message, to ask for it. */
    static ElementsMessage in(String set) {
        return ElementsMessage.of(OwnTable.FAMILY, OwnTable.NAME, set, 0, List.of())
                .getFirst();
    }
}
