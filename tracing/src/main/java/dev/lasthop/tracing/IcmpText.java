package dev.lasthop.tracing;

import dev.lasthop.address.Family;
import dev.lasthop.packet.Icmp;

/** ICMP errors in words. */
final class IcmpText {
    private IcmpText() {}

    static String of(Icmp icmp) {
        return icmp.family() == Family.IPV4 ? ipv4(icmp) : ipv6(icmp);
    }

    private static String ipv4(Icmp icmp) {
        return switch (icmp.type()) {
            case Icmp.UNREACHABLE ->
                switch (icmp.code()) {
                    case 0 -> "network unreachable";
                    case 1 -> "host unreachable";
                    case 2 -> "protocol unreachable";
                    case 3 -> "port unreachable";
                    case 4 -> "fragmentation needed, MTU " + icmp.mtu().orElse(0);
                    case 9, 10, 13 -> "administratively prohibited";
                    default -> "unreachable, code " + icmp.code();
                };
            case Icmp.TIME_EXCEEDED -> icmp.code() == 0 ? "time exceeded" : "fragment reassembly time exceeded";
            case Icmp.REDIRECT ->
                "redirect to " + icmp.gateway().map(Object::toString).orElse("?");
            default -> "ICMP type " + icmp.type() + " code " + icmp.code();
        };
    }

    private static String ipv6(Icmp icmp) {
        return switch (icmp.type()) {
            case Icmp.V6_UNREACHABLE ->
                switch (icmp.code()) {
                    case 0 -> "no route";
                    case 1 -> "administratively prohibited";
                    case 3 -> "address unreachable";
                    case 4 -> "port unreachable";
                    default -> "unreachable, code " + icmp.code();
                };
            case Icmp.V6_TOO_BIG -> "packet too big, MTU " + icmp.mtu().orElse(0);
            case Icmp.V6_TIME_EXCEEDED -> icmp.code() == 0 ? "time exceeded" : "fragment reassembly time exceeded";
            default -> "ICMPv6 type " + icmp.type() + " code " + icmp.code();
        };
    }
}
