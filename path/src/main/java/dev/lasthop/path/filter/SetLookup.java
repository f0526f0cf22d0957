package dev.lasthop.path.filter;

import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.topology.FirewallSet;
import java.util.List;

/** Sets and maps asked for keys that may not be known whole. */
final class SetLookup {
    private static final int MOST = 16; // more data than this is not tried one by one

    private SetLookup() {}

    static Truth contains(FirewallSet set, Value key) {
        if (key.isKnown()) {
            return Truth.of(set.find(key.bits()).isPresent());
        }
        if (set.elements().isEmpty()) {
            return Truth.NO;
        }
        boolean exact = set.elements().stream()
                .allMatch(
                        e -> !e.isIntervalEnd() && !e.isCatchAll() && e.keyEnd().size() == 0);
        boolean none = exact
                && set.elements().stream().allMatch(e -> key.equalTo(e.key().toArray()) == Truth.NO);
        return none ? Truth.NO : Truth.UNKNOWN;
    }

    /** What the map may have for the key: one at most where the key is known. */
    static List<RuleData> map(FirewallSet set, Value key) {
        if (key.isKnown()) {
            return set.map(key.bits()).stream().toList();
        }
        return set.elements().stream()
                .filter(e -> !e.isIntervalEnd())
                .flatMap((SetElement e) -> e.data().stream())
                .distinct()
                .limit(MOST)
                .toList();
    }
}
