package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.MatchSettings;
import dev.lasthop.netlink.nftables.MatchSettings.Connection;
import dev.lasthop.netlink.nftables.MatchSettings.PortRange;
import dev.lasthop.netlink.nftables.TargetSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** iptables' matches and targets in nft's words. */
final class ExtensionText {
    private static final List<String> STATES =
            List.of("invalid", "established", "related", "new", "", "", "snat", "dnat", "untracked");
    private static final List<String> ADDRESS_TYPES = List.of(
            "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit");
    private static final List<String> TCP_FLAGS = List.of("fin", "syn", "rst", "psh", "ack", "urg");

    private final Family family;

    ExtensionText(Family family) {
        this.family = family;
    }

    /** Transport is the protocol that an earlier step asked for, or {@code th}. */
    String of(Extension.Match match, String transport) {
        return switch (MatchSettings.of(match)) {
            case MatchSettings.Comment c -> "";
            case Connection c -> connection(c);
            case MatchSettings.MultiplePorts m ->
                transport
                        + switch (m.which()) {
                            case 0 -> " sport";
                            case 1 -> " dport";
                            default -> " sport or dport";
                        }
                        + (m.inverted() ? " != " : " ")
                        + m.ports().stream().map(PortRange::toString).collect(Collectors.joining(", ", "{ ", " }"));
            case MatchSettings.AddressType t -> addressType(t);
            case MatchSettings.Ports p -> ports(p, transport);
            case MatchSettings.Icmp i ->
                i.type() == 255
                        ? ""
                        : (family == Family.IPV4 ? "icmp type " : "icmpv6 type ")
                                + (i.inverted() ? "!= " : "")
                                + ValueText.of(
                                        new byte[] {(byte) i.type()},
                                        family == Family.IPV4 ? Operand.Format.ICMP_TYPE : Operand.Format.ICMPV6_TYPE);
            case MatchSettings.Mark m -> mark("meta mark", m.mark(), m.mask(), m.inverted());
            case MatchSettings.ConnectionMark m -> mark("ct mark", m.mark(), m.mask(), m.inverted());
            case MatchSettings.BridgePort b -> bridgePort(b);
            case MatchSettings.AddressRange r -> addressRange(r);
            case MatchSettings.SourceMac m -> "ether saddr " + (m.inverted() ? "!= " : "") + m.mac();
            case MatchSettings.PacketType p ->
                "meta pkttype " + (p.inverted() ? "!= " : "")
                        + ValueText.of(new byte[] {(byte) p.type()}, Operand.Format.PACKET_TYPE);
            case MatchSettings.Length l ->
                "meta length " + (l.inverted() ? "!= " : "") + new PortRange(l.first(), l.last());
            case MatchSettings.IpSet s -> "ipset #" + s.index() + (s.inverted() ? " (not in it)" : "");
            case MatchSettings.Rate r -> match.extension();
            case MatchSettings.Unknown u -> "xt match \"" + match.extension() + "\"";
        };
    }

    String of(Extension.Target target) {
        return switch (TargetSettings.of(target)) {
            case TargetSettings.Translate t -> translate(t);
            case TargetSettings.Reject r -> RejectNames.ofTarget(r.with(), family);
            case TargetSettings.SetMark m ->
                m.mask() == -1
                        ? "meta mark set 0x%x".formatted(m.mark())
                        : "meta mark set mark and 0x%x xor 0x%x".formatted(~m.mask(), m.mark());
            case TargetSettings.ConnectionMark m ->
                switch (m.mode()) {
                    case 0 -> "ct mark set 0x%x".formatted(m.mark());
                    case 1 -> "ct mark set mark";
                    default -> "meta mark set ct mark";
                };
            case TargetSettings.NoTracking n -> "notrack";
            case TargetSettings.Log l -> l.prefix().isEmpty() ? "log" : "log prefix \"" + l.prefix() + "\"";
            case TargetSettings.Queue q -> "queue to " + q.number() + (q.bypass() ? " bypass" : "");
            case TargetSettings.Indifferent i -> "xt target \"" + target.extension() + "\"";
            case TargetSettings.Unknown u -> "xt target \"" + target.extension() + "\"";
        };
    }

    private static String connection(Connection c) {
        var parts = new ArrayList<String>();
        if ((c.flags() & Connection.STATE) != 0) {
            parts.add("ct state " + not(c, Connection.STATE) + flags(STATES, c.states()));
        }
        if ((c.flags() & Connection.STATUS) != 0) {
            parts.add("ct status " + not(c, Connection.STATUS) + "0x%x".formatted(c.status()));
        }
        if ((c.flags() & Connection.DIRECTION) != 0) {
            parts.add("ct direction " + ((c.inverted() & Connection.DIRECTION) != 0 ? "reply" : "original"));
        }
        if ((c.flags() & Connection.ORIGINAL_SOURCE) != 0) {
            parts.add("ct original saddr " + not(c, Connection.ORIGINAL_SOURCE) + masked(c.originalSource()));
        }
        if ((c.flags() & Connection.ORIGINAL_DESTINATION) != 0) {
            parts.add("ct original daddr " + not(c, Connection.ORIGINAL_DESTINATION) + masked(c.originalDestination()));
        }
        if ((c.flags() & Connection.ORIGINAL_DESTINATION_PORT) != 0) {
            parts.add("ct original proto-dst " + not(c, Connection.ORIGINAL_DESTINATION_PORT)
                    + c.originalDestinationPort());
        }
        return parts.isEmpty() ? "xt match \"conntrack\"" : String.join(" ", parts);
    }

    private static String not(Connection c, int flag) {
        return (c.inverted() & flag) != 0 ? "!= " : "";
    }

    private static String masked(MatchSettings.Masked masked) {
        byte[] mask = masked.mask().toArray();
        boolean ipv4 = true;
        for (int i = 4; i < mask.length; i++) {
            ipv4 &= mask[i] == 0;
        }
        int length = ipv4 ? 4 : 16;
        String address = ValueText.address(Arrays.copyOf(masked.value().toArray(), length));
        int prefix = ValueText.prefixLength(Arrays.copyOf(mask, length));
        return prefix == length * 8 ? address : address + "/" + prefix;
    }

    private static String flags(List<String> names, int bits) {
        var set = new ArrayList<String>();
        for (int i = 0; i < names.size(); i++) {
            if ((bits >>> i & 1) == 1 && !names.get(i).isEmpty()) {
                set.add(names.get(i));
            }
        }
        return String.join(",", set);
    }

    private static String addressType(MatchSettings.AddressType t) {
        String on = t.in() ? " . iif" : t.out() ? " . oif" : "";
        var parts = new ArrayList<String>();
        if (t.source() != 0) {
            parts.add(
                    "fib saddr" + on + " type " + (t.sourceInverted() ? "!= " : "") + flags(ADDRESS_TYPES, t.source()));
        }
        if (t.destination() != 0) {
            parts.add("fib daddr" + on + " type " + (t.destinationInverted() ? "!= " : "")
                    + flags(ADDRESS_TYPES, t.destination()));
        }
        return String.join(" ", parts);
    }

    private static String ports(MatchSettings.Ports p, String transport) {
        var parts = new ArrayList<String>();
        PortRange all = new PortRange(0, 0xffff);
        if (!p.source().equals(all) || p.sourceInverted()) {
            parts.add(transport + " sport " + (p.sourceInverted() ? "!= " : "") + p.source());
        }
        if (!p.destination().equals(all) || p.destinationInverted()) {
            parts.add(transport + " dport " + (p.destinationInverted() ? "!= " : "") + p.destination());
        }
        if (p.flagsMask() != 0) {
            parts.add("tcp flags " + (p.flagsInverted() ? "!= " : "") + flags(TCP_FLAGS, p.flagsCompare()) + " / "
                    + flags(TCP_FLAGS, p.flagsMask()));
        }
        return String.join(" ", parts);
    }

    private static String mark(String what, int mark, int mask, boolean inverted) {
        String operator = inverted ? "!=" : "==";
        return mask == -1
                ? "%s %s0x%x".formatted(what, inverted ? "!= " : "", mark)
                : "%s & 0x%x %s 0x%x".formatted(what, mask, operator, mark);
    }

    private static String bridgePort(MatchSettings.BridgePort b) {
        var parts = new ArrayList<String>();
        String[] names = {"in \"" + b.in() + "\"", "out \"" + b.out() + "\"", "is bridged", "is in", "is out"};
        for (int i = 0; i < names.length; i++) {
            if ((b.asked() >>> i & 1) == 1) {
                parts.add("physdev " + ((b.inverted() >>> i & 1) == 1 ? "not " : "") + names[i]);
            }
        }
        return String.join(" ", parts);
    }

    private String addressRange(MatchSettings.AddressRange r) {
        String ip = family == Family.IPV4 ? "ip" : "ip6";
        int length = family.bytes();
        var parts = new ArrayList<String>();
        if ((r.flags() & 1) != 0) {
            parts.add(ip + " saddr " + ((r.flags() & 16) != 0 ? "!= " : "")
                    + MatchSettings.AddressRange.address(r.sourceFirst(), length) + "-"
                    + MatchSettings.AddressRange.address(r.sourceLast(), length));
        }
        if ((r.flags() & 2) != 0) {
            parts.add(ip + " daddr " + ((r.flags() & 32) != 0 ? "!= " : "")
                    + MatchSettings.AddressRange.address(r.destinationFirst(), length) + "-"
                    + MatchSettings.AddressRange.address(r.destinationLast(), length));
        }
        return String.join(" ", parts);
    }

    private static String translate(TargetSettings.Translate t) {
        String verb = switch (t.kind()) {
            case SOURCE -> "snat";
            case DESTINATION -> "dnat";
            case MASQUERADE -> "masquerade";
            case REDIRECT -> "redirect";
            case NETMAP -> "netmap";
        };
        String address = t.minimum()
                .map(minimum -> {
                    String range = t.maximum()
                            .filter(maximum -> !maximum.equals(minimum))
                            .map(maximum -> minimum + "-" + maximum)
                            .orElse(minimum.toString());
                    return minimum.family() == Family.IPV6 && t.firstPort() != 0 ? "[" + range + "]" : range;
                })
                .orElse("");
        String port = t.firstPort() == 0 ? "" : ":" + new PortRange(t.firstPort(), t.lastPort());
        return address.isEmpty() && port.isEmpty() ? verb : verb + " to " + address + port;
    }
}
