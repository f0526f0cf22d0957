package dev.lasthop.topology;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.Statement;
import java.util.List;

/** How a rule that rejects tells the sender, in nft's words. */
public final class RejectNames {
    private static final List<String> ICMP = List.of(
            "net-unreachable",
            "host-unreachable",
            "prot-unreachable",
            "port-unreachable",
            "frag-needed",
            "source-route-failed",
            "net-unknown",
            "host-unknown",
            "source-isolated",
            "net-prohibited",
            "host-prohibited",
            "net-tos",
            "host-tos",
            "admin-prohibited");
    private static final List<String> ICMPV6 = List.of(
            "no-route",
            "admin-prohibited",
            "beyond-scope",
            "addr-unreachable",
            "port-unreachable",
            "policy-fail",
            "reject-route");
    private static final List<String> EITHER =
            List.of("no-route", "port-unreachable", "host-unreachable", "admin-prohibited");

    /** {@code enum ipt_reject_with}. */
    private static final List<String> TARGET_IPV4 = List.of(
            "icmp net-unreachable",
            "icmp host-unreachable",
            "icmp prot-unreachable",
            "icmp port-unreachable",
            "echo-reply",
            "icmp net-prohibited",
            "icmp host-prohibited",
            "tcp reset",
            "icmp admin-prohibited");

    /** {@code enum ip6t_reject_with}. */
    private static final List<String> TARGET_IPV6 = List.of(
            "icmpv6 no-route",
            "icmpv6 admin-prohibited",
            "icmpv6 not-neighbour",
            "icmpv6 addr-unreachable",
            "icmpv6 port-unreachable",
            "echo-reply",
            "tcp reset",
            "icmpv6 policy-fail",
            "icmpv6 reject-route");

    private RejectNames() {}

    /** {@code reject with icmp port-unreachable}. */
    public static String of(Statement.Reject reject, Family family) {
        return switch (reject.type()) {
            case Statement.Reject.TCP_RESET -> "reject with tcp reset";
            case Statement.Reject.ICMPX -> "reject with icmpx " + name(EITHER, reject.code());
            default ->
                family == Family.IPV4
                        ? "reject with icmp " + name(ICMP, reject.code())
                        : "reject with icmpv6 " + name(ICMPV6, reject.code());
        };
    }

    /** The same for iptables' REJECT. */
    public static String ofTarget(int with, Family family) {
        return "reject with " + name(family == Family.IPV4 ? TARGET_IPV4 : TARGET_IPV6, with);
    }

    private static String name(List<String> names, int code) {
        return code >= 0 && code < names.size() ? names.get(code) : "code " + code;
    }
}
