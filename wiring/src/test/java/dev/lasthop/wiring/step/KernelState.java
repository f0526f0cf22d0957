package dev.lasthop.wiring.step;

import dev.lasthop.testing.TestNetwork;
import java.util.ArrayList;
import java.util.List;

/** What a namespace looks like to other people's tools, less what changes by itself. */
@SuppressWarnings("exports") // tests are not a module that others require
public final class KernelState {
    private static final List<String> QUESTIONS = List.of(
            "ip -d -j link",
            "ip -j addr",
            "ip -j route show table all",
            "ip -6 -j route show table all",
            "ip -j rule",
            "ip -6 -j rule",
            "ip neigh show nud permanent",
            "ip neigh show proxy",
            "nft -j list ruleset",
            "sysctl -a --pattern net.*(forwarding|ip_forward|accept_redirects|route_localnet|accept_ra)$",
            "tc qdisc",
            "bridge fdb show");

    private KernelState() {}

    /** One line a thing. */
    public static List<String> of(TestNetwork network, String namespace) {
        var lines = new ArrayList<String>();
        for (String question : QUESTIONS) {
            String output = network.attempt(namespace, question.split(" ")).output();
            steady(output)
                    .lines()
                    .filter(line -> !question.startsWith("bridge") || line.contains("static") || line.contains("dst"))
                    .filter(line -> !line.contains("\"fe80::") && !line.contains("\"ff00::")) // come and go with DAD
                    .sorted()
                    .map(line -> question + ": " + line)
                    .forEach(lines::add);
        }
        return lines;
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
                .replaceAll("\\{\"family\":\"inet6\",\"local\":\"fe80::[^}]*}", "FE80")
                .replaceAll(",FE80", "")
                .replaceAll("\"(operstate|bridge_id|root_id)\":\"[^\"]*\"", "")
                .replaceAll("[\\[\\]]", "")
                .replaceAll("},? ?\\{", "},\n{")
                .replaceAll("},\n", "}\n");
    }
}
