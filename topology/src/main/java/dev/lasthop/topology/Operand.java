package dev.lasthop.topology;

import dev.lasthop.netlink.nftables.Load;
import java.util.Optional;

/**
 * What a register holds, in nft's words.
 *
 * @param text {@code tcp dport}, {@code ip saddr}, {@code meta mark}
 * @param format how its values are written
 * @param mask of a value that was masked; empty otherwise
 */
record Operand(String text, Format format, Optional<byte[]> mask) {
    /** How values are written. */
    enum Format {
        ADDRESS,
        MAC,
        NUMBER,
        HEX,
        HOST_NUMBER,
        HOST_HEX,
        NAME,
        PROTOCOL,
        FAMILY,
        ETHER_TYPE,
        CT_STATE,
        CT_STATUS,
        CT_DIRECTION,
        ADDRESS_TYPE,
        ICMP_TYPE,
        ICMPV6_TYPE,
        TCP_FLAGS,
        PACKET_TYPE,
        PRESENCE
    }

    Operand(String text, Format format) {
        this(text, format, Optional.empty());
    }

    Operand masked(byte[] bits) {
        return new Operand(text, format, Optional.of(bits));
    }

    /** What a step loads. Network is {@code ip}, {@code ip6} or {@code arp}; transport {@code tcp} and the like, or {@code th}. */
    static Operand of(Load load, String network, String transport) {
        return switch (load) {
            case Load.Payload p -> payload(p, network, transport);
            case Load.Meta m -> meta(m);
            case Load.Ct c -> connection(c);
            case Load.Fib f -> fib(f);
            case Load.RouteKey r ->
                new Operand(
                        switch (r.key()) {
                            case 0 -> "rt classid";
                            case 1 -> "rt ip nexthop";
                            case 2 -> "rt ip6 nexthop";
                            case 3 -> "tcp option maxseg size set rt mtu";
                            default -> "rt ipsec";
                        },
                        Format.HOST_NUMBER);
            case Load.SocketKey s ->
                new Operand(
                        "socket "
                                + switch (s.key()) {
                                    case 0 -> "transparent";
                                    case 1 -> "mark";
                                    case 2 -> "wildcard";
                                    default -> "cgroupv2 level " + s.level().orElse(0);
                                },
                        Format.HOST_NUMBER);
            case Load.NumberGenerator n ->
                new Operand("numgen " + (n.kind() == 0 ? "inc" : "random") + " mod " + n.modulus(), Format.HOST_NUMBER);
            case Load.Hash h ->
                new Operand((h.kind() == 1 ? "symhash" : "jhash") + " mod " + h.modulus(), Format.HOST_NUMBER);
            case Load.ExtensionHeader e ->
                new Operand(
                        (e.operation() == 1 ? "tcp option " : e.operation() == 2 ? "ip option " : "exthdr ") + e.type(),
                        (e.flags() & 1) != 0 ? Format.PRESENCE : Format.HEX);
            case Load.Immediate i -> new Operand("", Format.HEX);
        };
    }

    private static Operand payload(Load.Payload p, String network, String transport) {
        return switch (p.header()) {
            case Load.Payload.LINK_LAYER ->
                switch (p.offset()) {
                    case 0 -> new Operand("ether daddr", Format.MAC);
                    case 6 -> new Operand("ether saddr", Format.MAC);
                    case 12 -> new Operand("ether type", Format.ETHER_TYPE);
                    default -> raw("ll", p);
                };
            case Load.Payload.NETWORK ->
                switch (network) {
                    case "ip6" -> ipv6(p);
                    case "arp" -> arp(p);
                    default -> ipv4(p);
                };
            case Load.Payload.TRANSPORT -> transport(p, transport);
            default -> raw("ih", p);
        };
    }

    private static Operand ipv4(Load.Payload p) {
        return switch (p.offset()) {
            case 1 -> new Operand("ip dscp", Format.HEX);
            case 2 -> new Operand("ip length", Format.NUMBER);
            case 4 -> new Operand("ip id", Format.NUMBER);
            case 6 -> new Operand("ip frag-off", Format.HEX);
            case 8 -> new Operand("ip ttl", Format.NUMBER);
            case 9 -> new Operand("ip protocol", Format.PROTOCOL);
            case 12 -> new Operand("ip saddr", Format.ADDRESS);
            case 16 -> new Operand("ip daddr", Format.ADDRESS);
            default -> raw("nh", p);
        };
    }

    private static Operand ipv6(Load.Payload p) {
        return switch (p.offset()) {
            case 4 -> new Operand("ip6 length", Format.NUMBER);
            case 6 -> new Operand("ip6 nexthdr", Format.PROTOCOL);
            case 7 -> new Operand("ip6 hoplimit", Format.NUMBER);
            case 8 -> new Operand("ip6 saddr", Format.ADDRESS);
            case 24 -> new Operand("ip6 daddr", Format.ADDRESS);
            default -> raw("nh", p);
        };
    }

    private static Operand arp(Load.Payload p) {
        return switch (p.offset()) {
            case 6 -> new Operand("arp operation", Format.NUMBER);
            case 8 -> new Operand("arp saddr ether", Format.MAC);
            case 14 -> new Operand("arp saddr ip", Format.ADDRESS);
            case 18 -> new Operand("arp daddr ether", Format.MAC);
            case 24 -> new Operand("arp daddr ip", Format.ADDRESS);
            default -> raw("nh", p);
        };
    }

    private static Operand transport(Load.Payload p, String transport) {
        if (transport.equals("icmp") || transport.equals("icmpv6")) {
            return switch (p.offset()) {
                case 0 ->
                    new Operand(transport + " type", transport.equals("icmp") ? Format.ICMP_TYPE : Format.ICMPV6_TYPE);
                case 1 -> new Operand(transport + " code", Format.NUMBER);
                case 4 -> new Operand(transport + " id", Format.NUMBER);
                default -> raw("th", p);
            };
        }
        return switch (p.offset()) {
            case 0 -> new Operand(transport + " sport", Format.NUMBER);
            case 2 -> new Operand(transport + " dport", Format.NUMBER);
            case 13 -> transport.equals("tcp") ? new Operand("tcp flags", Format.TCP_FLAGS) : raw("th", p);
            default -> raw("th", p);
        };
    }

    private static Operand raw(String header, Load.Payload p) {
        return new Operand("@%s,%d,%d".formatted(header, p.offset() * 8, p.length() * 8), Format.HEX);
    }

    private static Operand meta(Load.Meta m) {
        String name = m.key().toString();
        return switch (m.key()) {
            case MARK, PRIORITY, SECURITY_MARK -> new Operand("meta " + name, Format.HOST_HEX);
            case INPUT_NAME, OUTPUT_NAME -> new Operand(name, Format.NAME);
            case BRIDGE_INPUT_NAME, BRIDGE_OUTPUT_NAME, INPUT_KIND, OUTPUT_KIND, SLAVE_INTERFACE_NAME ->
                new Operand("meta " + name, Format.NAME);
            case INPUT, OUTPUT -> new Operand(name, Format.HOST_NUMBER);
            case TRANSPORT -> new Operand("meta l4proto", Format.PROTOCOL);
            case NETFILTER_FAMILY -> new Operand("meta nfproto", Format.FAMILY);
            case PROTOCOL -> new Operand("meta protocol", Format.ETHER_TYPE);
            case PACKET_TYPE -> new Operand("meta pkttype", Format.PACKET_TYPE);
            default -> new Operand("meta " + name, Format.HOST_NUMBER);
        };
    }

    private static Operand connection(Load.Ct c) {
        String direction = switch (c.direction().orElse(-1)) {
            case 0 -> "original ";
            case 1 -> "reply ";
            default -> "";
        };
        String text = "ct " + direction + c.key();
        return new Operand(
                text,
                switch (c.key()) {
                    case STATE -> Format.CT_STATE;
                    case STATUS -> Format.CT_STATUS;
                    case DIRECTION -> Format.CT_DIRECTION;
                    case MARK -> Format.HOST_HEX;
                    case SOURCE, DESTINATION, SOURCE_IP, DESTINATION_IP, SOURCE_IP6, DESTINATION_IP6 -> Format.ADDRESS;
                    case SOURCE_PORT, DESTINATION_PORT -> Format.NUMBER;
                    case PROTOCOL -> Format.PROTOCOL;
                    case NETWORK_PROTOCOL -> Format.FAMILY;
                    case HELPER -> Format.NAME;
                    default -> Format.HOST_NUMBER;
                });
    }

    private static Operand fib(Load.Fib f) {
        var text = new StringBuilder("fib ");
        text.append((f.flags() & Load.Fib.SOURCE) != 0 ? "saddr" : "daddr");
        text.append((f.flags() & Load.Fib.MARK) != 0 ? " . mark" : "");
        text.append((f.flags() & Load.Fib.INPUT) != 0 ? " . iif" : "");
        text.append((f.flags() & Load.Fib.OUTPUT) != 0 ? " . oif" : "");
        boolean presence = (f.flags() & Load.Fib.PRESENT) != 0;
        return switch (f.result()) {
            case Load.Fib.RESULT_ADDRESS_TYPE -> new Operand(text + " type", Format.ADDRESS_TYPE);
            case Load.Fib.RESULT_INTERFACE_NAME ->
                new Operand(text + " oifname", presence ? Format.PRESENCE : Format.NAME);
            default -> new Operand(text + " oif", presence ? Format.PRESENCE : Format.HOST_NUMBER);
        };
    }
}
