package dev.lasthop.bpf;

import java.util.HashMap;
import java.util.Map;

/** The kernel's words for why a packet was dropped. Their numbers change from kernel to kernel, so each kernel is asked for its own. */
final class DropReasons {
    static final String ENUM = "skb_drop_reason";
    static final String NONE = "NOT_SPECIFIED";

    private static final String PREFIX = "SKB_DROP_REASON_";
    private static final String OTHER_PREFIX = "SKB_";

    private final Map<Integer, String> names;

    DropReasons(Map<Integer, String> names) {
        this.names = new HashMap<>(names);
    }

    String name(int number) {
        String name = names.get(number);
        if (name == null) {
            return names.isEmpty() ? NONE : "0x" + Integer.toHexString(number);
        }
        if (name.startsWith(PREFIX)) {
            return name.substring(PREFIX.length());
        }
        return name.startsWith(OTHER_PREFIX) ? name.substring(OTHER_PREFIX.length()) : name;
    }
}
