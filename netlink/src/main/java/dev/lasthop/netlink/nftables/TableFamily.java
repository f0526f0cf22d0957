package dev.lasthop.netlink.nftables;

import java.util.Arrays;
import java.util.Optional;

/** The families that a table can be of, {@code NFPROTO_*} (include/uapi/linux/netfilter.h), by the names that nft gives them. */
public enum TableFamily {
    INET(1, "inet"),
    IP(2, "ip"),
    ARP(3, "arp"),
    NETDEV(5, "netdev"),
    BRIDGE(7, "bridge"),
    IP6(10, "ip6");

    private final int number;
    private final String text;

    TableFamily(int number, String text) {
        this.number = number;
        this.text = text;
    }

    public int number() {
        return number;
    }

    public static Optional<TableFamily> of(int number) {
        return Arrays.stream(values()).filter(family -> family.number == number).findFirst();
    }

    @Override
    public String toString() {
        return text;
    }
}
