package dev.lasthop.wiring.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.testing.TestNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a namespace looks like to other people's tools, less what changes by itself. */
@SuppressWarnings("exports") // tests are not a module that others require
public final class KernelState {
    /** In one shell: a comparison is made hundreds of times. Not what the kernel measures or rolls by itself. */
    private static final String QUESTIONS = """
            ip -d -j -batch - <<END
            link show
            addr show
            neigh show nud permanent
            neigh show proxy
            route show table all
            rule show
            END
            ip -6 -d -j -batch - <<END
            neigh show nud permanent
            neigh show proxy
            route show table all
            rule show
            END
            bridge -j fdb show
            tc qdisc show
            nft -j list ruleset
            find /proc/sys/net -type f ! -name flush ! -name stable_secret ! -name nf_conntrack_count \
                -exec grep -H . {} + 2>/dev/null
            """;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private KernelState() {}

    /** One line a thing. */
    public static List<String> of(TestNetwork network, String namespace) {
        String output = network.attempt(namespace, "sh", "-c", QUESTIONS).output();
        return steady(output)
                .lines()
                .filter(line -> !line.isBlank())
                .filter(line -> !line.contains("\"fe80::") && !line.contains("\"ff00::")) // come and go with DAD
                .filter(line -> !line.contains("\"mac\":\"33:33:") && !line.contains("\"mac\":\"01:00:5e:"))
                .filter(line -> !line.startsWith("{\"mac\"") || !line.contains("\"state\":\"\"")) // learned
                .sorted()
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Fails unless a namespace comes to look as it did, but for checks of the family, which nft leaves out where it finds them implied. */
    public static void settledInNftsWords(TestNetwork network, String namespace, List<String> before) {
        assertThat(lasting(unimplied(before), () -> unimplied(of(network, namespace))))
                .as(namespace)
                .isEmpty();
    }

    private static List<String> unimplied(List<String> lines) {
        return lines.stream().filter(line -> !line.contains("nfproto")).toList();
    }

    /** Fails unless a namespace comes to look as it did. */
    public static void settled(TestNetwork network, String namespace, List<String> before, String when) {
        assertThat(lasting(before, () -> of(network, namespace)))
                .as(namespace + " " + when)
                .isEmpty();
    }

    /**
     * The difference that stays. The kernel tells some things late: an operational state takes up to a second, the routes of an IPv6
     * address come a moment after it.
     */
    public static List<String> lasting(List<String> before, Supplier<List<String>> now) {
        return lasting(before, now, LIMIT);
    }

    /** The same, where the kernel has much to do. */
    public static List<String> lasting(List<String> before, Supplier<List<String>> now, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        List<String> difference = difference(before, now.get());
        while (!difference.isEmpty() && System.nanoTime() < end) {
            difference = difference(before, now.get());
        }
        return difference;
    }

    /** What is in one and not in the other; of a line that changed only the words that did. */
    public static List<String> difference(List<String> before, List<String> after) {
        var difference = new ArrayList<String>();
        if (before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                if (!before.get(i).equals(after.get(i))) {
                    List<String> old = List.of(before.get(i).split(","));
                    List<String> now = List.of(after.get(i).split(","));
                    difference.add("- " + old.getFirst() + ": "
                            + old.stream().filter(word -> !now.contains(word)).toList());
                    difference.add("+ " + now.getFirst() + ": "
                            + now.stream().filter(word -> !old.contains(word)).toList());
                }
            }
            return difference;
        }
        before.stream().filter(line -> !after.contains(line)).forEach(line -> difference.add("- " + line));
        after.stream().filter(line -> !before.contains(line)).forEach(line -> difference.add("+ " + line));
        return difference;
    }

    private static String steady(String output) {
        return output.replaceAll(
                        "\"(hello_timer|tcn_timer|topology_change_timer|gc_timer|hold_timer|message_age_timer|"
                                + "forward_delay_timer|valid_life_time|preferred_life_time|ifindex|index|handle|link_index|"
                                + "link_netnsid|carrier_changes|tso_max_size|topology_change|topology_change_detected)\": ?[0-9.]+,?",
                        "")
                .replaceAll("\"(tentative|nodad)\":true,?", "")
                .replaceAll(",\"LOWER_UP\"|\"(NO-CARRIER|LOWER_UP|linkdown)\",?", "") // are told late, as operstate is
                .replaceAll("\"state\":\"(disabled|forwarding)\",?", "") // a bridge's port goes by its carrier
                .replaceAll("\"handle\":\"[0-9a-f:]+\",?", "")
                .replaceAll("\\{\"family\":\"inet6\",\"local\":\"fe80::[^}]*}", "FE80")
                .replaceAll(",FE80", "")
                .replaceAll("\"(operstate|bridge_id|root_id)\":\"[^\"]*\"", "")
                .replaceAll("[\\[\\]]", "")
                .replaceAll("},? ?\\{", "},\n{")
                .replaceAll("},\n", "}\n");
    }
}
