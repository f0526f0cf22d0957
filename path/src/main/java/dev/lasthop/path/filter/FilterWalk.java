package dev.lasthop.path.filter;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.Protocol;
import dev.lasthop.path.Arp;
import dev.lasthop.path.Filtering;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.PacketState;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a packet through the rules of a snapshot as the kernel would. Base chains are called by priority, across tables, nf_tables' and
 * the older ones'; accepting ends one base chain, dropping ends it all; chains of type nat see the first packet of a connection only.
 *
 * <p>Where a rule asks for something that cannot be known beforehand (the sending user, the time), both answers are followed. If they
 * come to the same, that is the outcome; otherwise it is UNKNOWN, and the rule is named. Rates and limits are taken as not reached, and
 * noted.
 */
public final class FilterWalk implements Filtering {
    private static final int MOST_RUNS = 64;

    private final FibOracle fib;

    /** Asks the snapshot's own routes where rules ask for routes. */
    public FilterWalk() {
        this(FibOracle.OF_ROUTES);
    }

    public FilterWalk(FibOracle fib) {
        this.fib = fib;
    }

    @Override
    public HookOutcome decide(NamespaceState namespace, Layer layer, Hook hook, PacketState packet) {
        var at = new Situation(namespace, layer, hook, 0, packet, Headers.of(packet), false, fib);
        return decide(at, order(at, layer));
    }

    @Override
    public Optional<Decision> dropsArp(
            NamespaceState namespace, Layer layer, Hook hook, IfIndex in, IfIndex out, Arp arp) {
        if (arp.sender().family() == Family.IPV6) {
            return Optional.empty(); // neighbour discovery is ICMPv6, which the IP hooks see
        }
        var packet = new PacketState(
                new Flow(new Protocol(0), arp.sender(), 0, arp.target(), 0),
                28,
                false,
                0,
                0,
                in,
                out,
                IfIndex.NONE,
                IfIndex.NONE,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                PacketState.Tracking.UNTRACKED);
        var at = new Situation(namespace, layer, hook, 0, packet, Headers.arp(arp), true, fib);
        HookOutcome outcome = decide(at, order(at, layer));
        return outcome.verdict() == HookOutcome.Verdict.DROP ? outcome.decisive() : Optional.empty();
    }

    private static HookOutcome decide(Situation at, List<Called> order) {
        if (order.isEmpty()) {
            return HookOutcome.untouched(at.packet());
        }
        HookOutcome first = null;
        int runs = 0;
        for (@Nullable Choices choices = new Choices(); choices != null; choices = choices.next()) {
            var walk = new Walk(at, choices);
            HookOutcome outcome = walk.run(order);
            runs++;
            if (walk.isTooLong()) {
                return unknown(outcome, Optional.empty());
            }
            if (first == null) {
                first = outcome;
            } else if (outcome.verdict() != first.verdict()
                    || !outcome.packet().flow().equals(first.packet().flow())) {
                return unknown(first, Optional.of(walk.assumptions().get(choices.changed())));
            }
            if (runs == MOST_RUNS) {
                return unknown(first, walk.assumptions().stream().findFirst());
            }
        }
        return first == null ? HookOutcome.untouched(at.packet()) : first;
    }

    private static HookOutcome unknown(HookOutcome outcome, Optional<Decision> because) {
        return new HookOutcome(
                outcome.packet(),
                HookOutcome.Verdict.UNKNOWN,
                because.or(outcome::decisive),
                outcome.matched(),
                outcome.nat());
    }

    private static List<Called> order(Situation at, Layer layer) {
        Stream<BaseChain> chains = at.namespace().firewall().tables().stream()
                .filter(table -> !table.isDormant() && sees(table, layer, at))
                .flatMap(table -> table.chains().stream().flatMap(chain -> base(table, chain)))
                .filter(base -> base.entry().hook().equals(at.hook().toString()) && onDevice(base, layer, at));
        return Called.order(at.hook(), chains);
    }

    private static Stream<BaseChain> base(FirewallTable table, FirewallChain chain) {
        return chain.entry().stream().map(entry -> new BaseChain(table, chain, entry));
    }

    private static boolean sees(FirewallTable table, Layer layer, Situation at) {
        return switch (layer) {
            case IP ->
                at.isArp()
                        ? table.family().equals("arp")
                        : table.family().equals("inet")
                                || table.family().equals(at.family().number() == 2 ? "ip" : "ip6");
            case BRIDGE -> table.family().equals("bridge");
            case NETDEV ->
                table.family().equals("netdev") || table.family().equals("inet") && at.hook() == Hook.INGRESS;
        };
    }

    private static boolean onDevice(BaseChain base, Layer layer, Situation at) {
        if (layer != Layer.NETDEV) {
            return true;
        }
        IfIndex device =
                at.hook() == Hook.EGRESS ? at.packet().out() : at.packet().in();
        return at.link(device)
                .map(Link::name)
                .filter(name -> base.entry().devices().contains(name))
                .isPresent();
    }
}
