package dev.lasthop.topology;

import java.util.Collections;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Settings of a namespace, by their path below {@code /proc/sys}: {@code net/ipv4/conf/eth0/rp_filter} (paths, because a device's name
 * may hold a dot).
 */
public record Sysctls(SortedMap<String, String> values) {
    public Sysctls {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    public OptionalInt number(String path) {
        String value = values.get(path);
        try {
            return value == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(value.strip()));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /** {@code net/ipv4/conf/DEVICE/SETTING}; 0 where it was not read. */
    public int ipv4(String device, String setting) {
        return number("net/ipv4/conf/" + device + "/" + setting).orElse(0);
    }

    /** {@code net/ipv6/conf/DEVICE/SETTING}; 0 where it was not read. */
    public int ipv6(String device, String setting) {
        return number("net/ipv6/conf/" + device + "/" + setting).orElse(0);
    }
}
