package dev.lasthop.lab;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.util.List;

/** One of each family. */
record Dual(Prefix ipv4, Prefix ipv6) {
    static Dual of(String ipv4, String ipv6) {
        return new Dual(Prefix.parse(ipv4), Prefix.parse(ipv6));
    }

    Prefix of(Family family) {
        return family == Family.IPV4 ? ipv4 : ipv6;
    }

    IpAddress address(Family family) {
        return of(family).address();
    }

    /** The networks that the addresses lie in. */
    Dual networks() {
        return new Dual(ipv4.network(), ipv6.network());
    }

    /** The addresses alone. */
    Dual singles() {
        return new Dual(Prefix.of(ipv4.address()), Prefix.of(ipv6.address()));
    }

    List<Prefix> both() {
        return List.of(ipv4, ipv6);
    }
}
