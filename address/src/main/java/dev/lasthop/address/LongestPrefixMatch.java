package dev.lasthop.address;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Values by prefix, found by address: the longest prefix that holds the address first. Values under one prefix keep their order. */
public final class LongestPrefixMatch<V> {
    private final Map<Integer, Map<Prefix, List<V>>> byLength = new TreeMap<>(Comparator.reverseOrder());

    /** An empty table. */
    public LongestPrefixMatch() {}

    public void put(Prefix prefix, V value) {
        byLength.computeIfAbsent(prefix.length(), length -> new HashMap<>())
                .computeIfAbsent(prefix.network(), network -> new ArrayList<>())
                .add(value);
    }

    /** All values whose prefix holds the address, from the longest prefix to the shortest. */
    public List<V> matches(IpAddress address) {
        var matches = new ArrayList<V>();
        byLength.forEach((length, networks) -> {
            if (length <= address.family().bits()) {
                matches.addAll(networks.getOrDefault(new Prefix(address, length).network(), Collections.emptyList()));
            }
        });
        return matches;
    }
}
