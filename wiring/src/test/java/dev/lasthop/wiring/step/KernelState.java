package dev.lasthop.wiring.step;

import dev.lasthop.testing.TestNetwork;
import java.util.List;
import java.util.stream.Collectors;

/** What a namespace looks like to other people's tools, less what changes by itself. */
final class KernelState {
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
            "sysctl net.ipv4.ip_forward net.ipv6.conf.all.forwarding net.ipv4.conf.all.accept_redirects",
            "bridge fdb show");

    private KernelState() {}

    static String of(TestNetwork network, String namespace) {
        return QUESTIONS.stream()
                .map(question -> question + "\n"
                        + steady(network.attempt(namespace, question.split(" ")).output()))
                .collect(Collectors.joining("\n"));
    }

    private static String steady(String output) {
        return output.replaceAll(
                        "\"(hello_timer|tcn_timer|topology_change_timer|gc_timer|hold_timer|message_age_timer|"
                                + "forward_delay_timer|valid_life_time|preferred_life_time|ifindex|index|handle|link_index)\":[0-9.]+,?",
                        "")
                .replaceAll("\"(link_netnsid|carrier_changes)\":[0-9]+,?", "");
    }
}
