package dev.lasthop.topology;

import java.util.List;

/** The packet filter's rules of a namespace: nf_tables (what {@code iptables-nft} made is in there too) and the older iptables tables. */
public record Firewall(List<FirewallTable> tables) {
    public static final Firewall EMPTY = new Firewall(List.of());

    public Firewall {
        tables = List.copyOf(tables);
    }
}
