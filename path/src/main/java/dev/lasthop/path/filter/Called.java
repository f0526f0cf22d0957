package dev.lasthop.path.filter;

import dev.lasthop.path.Hook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel calls at a hook in one go: a base chain, or all chains of type nat, which the translation's own hook asks one after
 * the other until one gives a translation.
 */
record Called(int priority, boolean isNat, List<BaseChain> chains) {
    private static final int DESTINATION_NAT = -100; // NF_IP_PRI_NAT_DST
    private static final int SOURCE_NAT = 100; // NF_IP_PRI_NAT_SRC

    /** The order in which they are called. Of equal priorities the one registered last comes first; tables' handles tell which. */
    static List<Called> order(Hook hook, Stream<BaseChain> chains) {
        List<BaseChain> sorted = chains.sorted(
                        Comparator.<BaseChain>comparingInt(base -> base.entry().priority())
                                .thenComparing(base -> base.table().handle(), Comparator.reverseOrder())
                                .thenComparing(base -> base.chain().handle(), Comparator.reverseOrder()))
                .toList();
        var order = new ArrayList<Called>();
        sorted.stream()
                .filter(base -> !base.isNat())
                .forEach(base -> order.add(new Called(base.entry().priority(), false, List.of(base))));
        List<BaseChain> nat = sorted.stream().filter(BaseChain::isNat).toList();
        if (!nat.isEmpty()) {
            boolean source = hook == Hook.INPUT || hook == Hook.POSTROUTING;
            order.add(new Called(source ? SOURCE_NAT : DESTINATION_NAT, true, nat));
        }
        order.sort(Comparator.comparingInt(Called::priority)); // stable
        return order;
    }
}
