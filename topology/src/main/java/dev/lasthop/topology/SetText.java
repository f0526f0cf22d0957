package dev.lasthop.topology;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.topology.Operand.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The elements of a set or map as nft writes them. */
final class SetText {
    private static final int MOST = 12; // elements shown; a report is no listing

    private SetText() {}

    /** {@code { 80, 443 }}. */
    static String of(FirewallSet set, List<Format> key) {
        var shown = new ArrayList<String>();
        List<SetElement> elements = set.elements();
        boolean intervals = elements.stream().anyMatch(SetElement::isIntervalEnd);
        for (int i = 0; i < elements.size(); i++) {
            SetElement element = elements.get(i);
            if (element.isIntervalEnd()) {
                continue;
            }
            if (shown.size() == MOST) {
                shown.add("…");
                break;
            }
            byte[] from = element.key().toArray();
            String text = element.isCatchAll() ? "*" : key(element, key);
            if (intervals && !element.isCatchAll()) {
                byte[] behind =
                        i + 1 < elements.size() ? elements.get(i + 1).key().toArray() : new byte[0];
                text = interval(from, behind, key.isEmpty() ? Format.HEX : key.getFirst());
            }
            shown.add(text + data(set, element));
        }
        return "{ " + String.join(", ", shown) + " }";
    }

    private static String key(SetElement element, List<Format> formats) {
        byte[] key = element.key().toArray();
        byte[] end = element.keyEnd().toArray();
        var parts = new ArrayList<String>();
        int at = 0;
        for (int i = 0; i < formats.size(); i++) {
            int length = formats.size() == 1 ? key.length : length(formats.get(i), key.length - at);
            if (at + length > key.length) {
                return ValueText.hex(key);
            }
            String from = ValueText.of(Arrays.copyOfRange(key, at, at + length), formats.get(i));
            String to = end.length >= at + length
                    ? ValueText.of(Arrays.copyOfRange(end, at, at + length), formats.get(i))
                    : from;
            parts.add(from.equals(to) ? from : from + "-" + to);
            at += (length + 3) & ~3;
        }
        return parts.isEmpty() ? ValueText.hex(key) : String.join(" . ", parts);
    }

    /** How much of a concatenation belongs to a part. */
    private static int length(Format format, int left) {
        return switch (format) {
            case ADDRESS -> left >= 16 && (left & 3) == 0 && left % 16 == 0 ? 16 : 4;
            case MAC -> 6;
            case NUMBER, ETHER_TYPE -> 2;
            case NAME -> 16;
            case PROTOCOL, FAMILY, ICMP_TYPE, ICMPV6_TYPE, TCP_FLAGS, PACKET_TYPE, CT_DIRECTION, PRESENCE -> 1;
            default -> 4;
        };
    }

    private static String interval(byte[] from, byte[] behind, Format format) {
        byte[] last = new byte[from.length];
        Arrays.fill(last, (byte) 0xff);
        if (behind.length == from.length) {
            last = behind.clone();
            for (int i = last.length - 1; i >= 0 && last[i]-- == 0; i--) {}
        }
        if (Arrays.equals(from, last)) {
            return ValueText.of(from, format);
        }
        if (format == Format.ADDRESS && (from.length == 4 || from.length == 16)) {
            IpAddress first = IpAddress.of(from);
            for (int length = first.family().bits(); length >= 0; length--) {
                Prefix prefix = new Prefix(first, length);
                if (prefix.first().equals(first) && Arrays.equals(prefix.last().bytes(), last)) {
                    return prefix.toString();
                }
            }
        }
        return ValueText.of(from, format) + "-" + ValueText.of(last, format);
    }

    private static String data(FirewallSet set, SetElement element) {
        return element.data()
                .map(data -> " : "
                        + switch (data) {
                            case RuleData.Verdict verdict -> verdict.toString();
                            case RuleData.Value value ->
                                value(set, value.bytes().toArray());
                        })
                .orElse("");
    }

    private static String value(FirewallSet set, byte[] data) {
        List<Format> formats = formats(FieldType.fields(set.definition().dataType()));
        var parts = new ArrayList<String>();
        int at = 0;
        for (Format format : formats) {
            int length = formats.size() == 1 ? data.length : length(format, data.length - at);
            if (at + length > data.length) {
                return ValueText.hex(data);
            }
            parts.add(ValueText.of(Arrays.copyOfRange(data, at, at + length), format));
            at += (length + 3) & ~3;
        }
        return parts.isEmpty() ? ValueText.hex(data) : String.join(" . ", parts);
    }

    private static List<Format> formats(List<FieldType> fields) {
        return fields.stream()
                .map(field -> switch (field) {
                    case IPV4, IPV6 -> Format.ADDRESS;
                    case PORT -> Format.NUMBER;
                    case PROTOCOL -> Format.PROTOCOL;
                    case ETHER -> Format.MAC;
                    case INTERFACE_NAME, STRING -> Format.NAME;
                    case MARK -> Format.HOST_HEX;
                    case INTEGER, INTERFACE_INDEX, DEVICE_GROUP -> Format.HOST_NUMBER;
                    default -> Format.HEX;
                })
                .toList();
    }
}
