package dev.lasthop.lab;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The node's firewall as an ordinary node has it: tables {@code filter} and {@code nat} of each family with the chains that iptables
 * would make, forwarding accepted, what leaves a container network masqueraded.
 */
final class NodeFirewall {
    private static final int DESTINATION_NAT = -100; // NF_IP_PRI_NAT_DST
    private static final int SOURCE_NAT = 100; // NF_IP_PRI_NAT_SRC

    private NodeFirewall() {}

    /** A bridge and the networks behind it. */
    record Bridged(String bridge, Dual networks) {}

    static Bridged bridged(String bridge, Dual gateway) {
        return new Bridged(bridge, gateway.networks());
    }

    /** Tables, chains, and a masquerade rule for each bridge. */
    static List<Step> steps(Place node, Bridged... bridges) {
        var steps = new ArrayList<Step>();
        for (Family family : Family.values()) {
            TableFamily tables = tables(family);
            steps.add(table(node, tables, "filter"));
            steps.add(chain(node, tables, "filter", "FORWARD", "filter", new BaseHook(BaseHook.FORWARD, 0), "filter"));
            steps.add(table(node, tables, "nat"));
            steps.add(chain(
                    node,
                    tables,
                    "nat",
                    "PREROUTING",
                    "nat",
                    new BaseHook(BaseHook.PREROUTING, DESTINATION_NAT),
                    "dstnat"));
            steps.add(chain(
                    node,
                    tables,
                    "nat",
                    "POSTROUTING",
                    "nat",
                    new BaseHook(BaseHook.POSTROUTING, SOURCE_NAT),
                    "srcnat"));
            for (Bridged bridged : bridges) {
                Prefix network = bridged.networks().of(family);
                RuleMessage rule = RuleBuilder.in(tables, "nat", "POSTROUTING")
                        .source(network)
                        .notOutputName(bridged.bridge())
                        .counter()
                        .masquerade()
                        .build();
                String words =
                        "%s saddr %s oifname != \"%s\" counter masquerade".formatted(tables, network, bridged.bridge());
                steps.add(FirewallStep.append(node, rule, words));
            }
        }
        return steps;
    }

    /** A port of the node that leads to a service in a container. */
    static List<Step> published(Place node, int port, Dual container, int servicePort) {
        var steps = new ArrayList<Step>();
        for (Family family : Family.values()) {
            TableFamily tables = tables(family);
            for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                RuleMessage rule = RuleBuilder.in(tables, "nat", "PREROUTING")
                        .destinationIsLocal()
                        .destinationPort(protocol, port)
                        .counter()
                        .destinationNat(container.address(family), servicePort)
                        .build();
                String to =
                        family == Family.IPV6 ? "[" + container.address(family) + "]" : "" + container.address(family);
                String words = "fib daddr type local %s dport %d counter dnat to %s:%d"
                        .formatted(protocol, port, to, servicePort);
                steps.add(FirewallStep.append(node, rule, words));
            }
        }
        return steps;
    }

    /** The family that such a step is for. */
    static Optional<Family> family(FirewallStep step) {
        return step.changes().stream()
                .map(change -> change.thing().header().family())
                .findFirst()
                .flatMap(number -> number == TableFamily.IP.number()
                        ? Optional.of(Family.IPV4)
                        : number == TableFamily.IP6.number() ? Optional.of(Family.IPV6) : Optional.empty());
    }

    private static Step table(Place node, TableFamily family, String name) {
        return step(node, TableMessage.of(family, name), "nft add table " + family + " " + name);
    }

    private static Step chain(
            Place node, TableFamily family, String table, String name, String type, BaseHook hook, String priority) {
        String where = switch (hook.number()) {
            case BaseHook.PREROUTING -> "prerouting";
            case BaseHook.FORWARD -> "forward";
            default -> "postrouting";
        };
        String line = "nft 'add chain %s %s %s { type %s hook %s priority %s ; policy accept ; }'"
                .formatted(family, table, name, type, where, priority);
        return step(node, ChainMessage.base(family, table, name, type, hook, true), line);
    }

    private static Step step(Place node, NftMessage thing, String line) {
        return new FirewallStep(node, List.of(new FirewallStep.Add(thing)), List.of(node.run(line)));
    }

    private static TableFamily tables(Family family) {
        return family == Family.IPV4 ? TableFamily.IP : TableFamily.IP6;
    }
}
