package dev.lasthop.topology;

import java.util.List;

/** Hooks by number: each family counts its own. */
final class HookNames {
    private static final List<String> INET =
            List.of("prerouting", "input", "forward", "output", "postrouting", "ingress");
    private static final List<String> DEVICE = List.of("ingress", "egress");
    private static final List<String> ARP = List.of("input", "output", "forward");

    private HookNames() {}

    static String name(String family, int number) {
        List<String> names = switch (family) {
            case "netdev" -> DEVICE;
            case "arp" -> ARP;
            default -> INET;
        };
        return number >= 0 && number < names.size() ? names.get(number) : "hook " + number;
    }
}
