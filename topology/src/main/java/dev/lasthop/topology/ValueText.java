package dev.lasthop.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.topology.Operand.Format;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Values of registers and set elements as nft writes them. */
final class ValueText {
    private static final Map<Integer, String> PROTOCOLS = Map.ofEntries(
            Map.entry(1, "icmp"),
            Map.entry(2, "igmp"),
            Map.entry(4, "ipencap"),
            Map.entry(6, "tcp"),
            Map.entry(17, "udp"),
            Map.entry(33, "dccp"),
            Map.entry(41, "ipv6"),
            Map.entry(47, "gre"),
            Map.entry(50, "esp"),
            Map.entry(51, "ah"),
            Map.entry(58, "ipv6-icmp"),
            Map.entry(132, "sctp"),
            Map.entry(136, "udplite"));
    private static final Map<Integer, String> ICMP = Map.ofEntries(
            Map.entry(0, "echo-reply"),
            Map.entry(3, "destination-unreachable"),
            Map.entry(4, "source-quench"),
            Map.entry(5, "redirect"),
            Map.entry(8, "echo-request"),
            Map.entry(9, "router-advertisement"),
            Map.entry(10, "router-solicitation"),
            Map.entry(11, "time-exceeded"),
            Map.entry(12, "parameter-problem"),
            Map.entry(13, "timestamp-request"),
            Map.entry(14, "timestamp-reply"));
    private static final Map<Integer, String> ICMPV6 = Map.ofEntries(
            Map.entry(1, "destination-unreachable"),
            Map.entry(2, "packet-too-big"),
            Map.entry(3, "time-exceeded"),
            Map.entry(4, "parameter-problem"),
            Map.entry(128, "echo-request"),
            Map.entry(129, "echo-reply"),
            Map.entry(130, "mld-listener-query"),
            Map.entry(131, "mld-listener-report"),
            Map.entry(132, "mld-listener-done"),
            Map.entry(133, "nd-router-solicit"),
            Map.entry(134, "nd-router-advert"),
            Map.entry(135, "nd-neighbor-solicit"),
            Map.entry(136, "nd-neighbor-advert"),
            Map.entry(137, "nd-redirect"),
            Map.entry(143, "mld2-listener-report"));
    private static final List<String> ADDRESS_TYPES = List.of(
            "unspec",
            "unicast",
            "local",
            "broadcast",
            "anycast",
            "multicast",
            "blackhole",
            "unreachable",
            "prohibit",
            "throw",
            "nat");
    private static final List<String> STATES = List.of("invalid", "established", "related", "new", "", "", "untracked");
    private static final List<String> STATUS = List.of(
            "expected",
            "seen-reply",
            "assured",
            "confirmed",
            "snat",
            "dnat",
            "seq-adjust",
            "snat-done",
            "dnat-done",
            "dying");
    private static final List<String> TCP_FLAGS = List.of("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr");
    private static final List<String> PACKET_TYPES = List.of("host", "broadcast", "multicast", "other");

    private ValueText() {}

    static String of(byte[] value, Format format) {
        return switch (format) {
            case ADDRESS -> address(value);
            case MAC -> value.length == 6 ? MacAddress.of(value).toString() : hex(value);
            case NUMBER -> new BigInteger(1, value).toString();
            case HEX -> hex(value);
            case HOST_NUMBER -> new BigInteger(1, host(value)).toString();
            case HOST_HEX -> hex(host(value));
            case NAME -> name(value);
            case PROTOCOL -> named(PROTOCOLS, value);
            case FAMILY -> named(Map.of(2, "ipv4", 10, "ipv6"), value);
            case ETHER_TYPE -> named(Map.of(0x0800, "ip", 0x0806, "arp", 0x86dd, "ip6", 0x8100, "vlan"), value);
            case CT_STATE -> flags(STATES, host(value));
            case CT_STATUS -> flags(STATUS, host(value));
            case CT_DIRECTION -> value.length > 0 && value[0] == 0 ? "original" : "reply";
            case ADDRESS_TYPE -> listed(ADDRESS_TYPES, number(host(value)));
            case ICMP_TYPE -> named(ICMP, value);
            case ICMPV6_TYPE -> named(ICMPV6, value);
            case TCP_FLAGS -> flags(TCP_FLAGS, value);
            case PACKET_TYPE -> listed(PACKET_TYPES, number(value));
            case PRESENCE -> number(value) == 0 ? "missing" : "exists";
        };
    }

    /** A value of which only the masked bits count: a prefix, or the value and its mask. */
    static String address(byte[] value) {
        if (value.length == 4 || value.length == 16) {
            return IpAddress.of(value).toString();
        }
        int whole = value.length < 4 ? 4 : 16; // the leading bytes only: a prefix
        return value.length > 16
                ? hex(value)
                : new Prefix(IpAddress.of(Arrays.copyOf(value, whole)), value.length * 8).toString();
    }

    /** The length of the prefix that a mask stands for; -1 if its ones are not all in front. */
    static int prefixLength(byte[] mask) {
        int length = 0;
        while (length < mask.length * 8 && (mask[length / 8] & 0x80 >>> length % 8) != 0) {
            length++;
        }
        for (int bit = length; bit < mask.length * 8; bit++) {
            if ((mask[bit / 8] & 0x80 >>> bit % 8) != 0) {
                return -1;
            }
        }
        return length;
    }

    static String hex(byte[] value) {
        return "0x" + HexFormat.of().formatHex(value);
    }

    private static String name(byte[] value) {
        int end = 0;
        while (end < value.length && value[end] != 0) {
            end++;
        }
        String text = new String(value, 0, end, UTF_8);
        return "\"" + text + (end == value.length && value.length < 16 ? "*" : "")
                + "\""; // without its end: a beginning
    }

    static byte[] host(byte[] value) {
        if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
            return value;
        }
        byte[] turned = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            turned[i] = value[value.length - 1 - i];
        }
        return turned;
    }

    static int number(byte[] bigEndian) {
        return new BigInteger(1, bigEndian).intValue();
    }

    private static String named(Map<Integer, String> names, byte[] value) {
        int number = number(value);
        return names.getOrDefault(number, Integer.toUnsignedString(number));
    }

    private static String listed(List<String> names, int number) {
        return number >= 0 && number < names.size() ? names.get(number) : Integer.toUnsignedString(number);
    }

    static String flags(List<String> names, byte[] bigEndian) {
        int bits = number(bigEndian);
        var set = new ArrayList<String>();
        for (int i = 0; i < names.size(); i++) {
            if ((bits >>> i & 1) == 1 && !names.get(i).isEmpty()) {
                set.add(names.get(i));
                bits &= ~(1 << i);
            }
        }
        if (bits != 0 || set.isEmpty()) {
            set.add("0x%x".formatted(bits));
        }
        return String.join(",", set);
    }
}
