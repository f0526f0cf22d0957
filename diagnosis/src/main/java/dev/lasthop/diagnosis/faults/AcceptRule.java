package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.xtables.XtEntry;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.topology.Firewall;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.LegacyStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;

/** A rule that accepts one flow, in the chain of the rule or policy that drops it and right before that. */
record AcceptRule(Ruling ruling, Decision drop, Flow flow, Side side) {
    private static final String COMMENT = "lasthop";
    private static final long NOT_MADE_YET = -1;

    /** What puts it there. */
    Step step() {
        Place place = Place.parse(ruling.namespace().name());
        if (ruling.isLegacy()) {
            return legacy(place);
        }
        RuleMessage rule = message();
        boolean before = !drop.policy();
        FirewallStep.Change change =
                before ? new FirewallStep.Insert(rule.at(drop.handle())) : new FirewallStep.Add(rule);
        return new FirewallStep(place, List.of(change), List.of(command()));
    }

    private Step legacy(Place place) {
        Bytes rule = XtEntry.accept(
                flow.family(),
                flow.protocol(),
                Acceptance.known(flow.source()).map(Prefix::address),
                side == Side.REPLY ? port() : 0,
                Acceptance.known(flow.destination()).map(Prefix::address),
                side == Side.REQUEST ? port() : 0,
                COMMENT);
        return new LegacyStep(
                place, flow.family(), ruling.table().name(), ruling.chain().name(), position(), rule, match());
    }

    /** What an administrator would type. */
    String command() {
        Place place = Place.parse(ruling.namespace().name());
        if (ruling.isIptables()) {
            return place.run(iptables());
        }
        String chain = ruling.table().family() + " " + ruling.table().name() + " "
                + ruling.chain().name();
        String verb = drop.policy() ? "add rule " + chain : "insert rule " + chain + " position " + drop.handle();
        return place.run("nft '" + verb + " " + words() + " accept comment \"" + COMMENT + "\"'");
    }

    /** The rule set as it is with this rule in it, for a prediction. */
    Snapshot in(Snapshot snapshot) {
        return new Snapshot(snapshot.namespaces().stream()
                .map(state -> state.inode() == ruling.namespace().inode() ? with(state) : state)
                .toList());
    }

    private NamespaceState with(NamespaceState state) {
        List<FirewallTable> tables = state.firewall().tables().stream()
                .map(table -> isSame(table) ? with(table) : table)
                .toList();
        return state.withFirewall(new Firewall(tables));
    }

    private boolean isSame(FirewallTable table) {
        return table.generation() == ruling.table().generation()
                && table.family().equals(ruling.table().family())
                && table.name().equals(ruling.table().name());
    }

    private FirewallTable with(FirewallTable table) {
        List<FirewallChain> chains = table.chains().stream()
                .map(chain -> chain.name().equals(ruling.chain().name())
                        ? new FirewallChain(
                                chain.name(), chain.handle(), chain.entry(), chain.comment(), with(chain.rules()))
                        : chain)
                .toList();
        return new FirewallTable(
                table.generation(),
                table.family(),
                table.name(),
                table.handle(),
                table.flags(),
                table.comment(),
                chains,
                table.sets());
    }

    private List<FirewallRule> with(List<FirewallRule> rules) {
        var more = new ArrayList<FirewallRule>();
        boolean placed = false;
        for (FirewallRule rule : rules) {
            if (!drop.policy() && rule.handle() == drop.handle()) {
                more.add(own());
                placed = true;
            }
            more.add(rule);
        }
        if (!placed) {
            more.add(own());
        }
        return more;
    }

    private FirewallRule own() {
        return new FirewallRule(NOT_MADE_YET, message().expressions(), COMMENT, words() + " accept");
    }

    private RuleMessage message() {
        TableFamily family = OwnTable.of(ruling.table().family());
        RuleBuilder rule =
                RuleBuilder.in(family, ruling.table().name(), ruling.chain().name());
        Acceptance.known(flow.source()).ifPresent(rule::source);
        Acceptance.known(flow.destination()).ifPresent(rule::destination);
        Protocol protocol = flow.protocol();
        if (port() == 0) {
            rule.protocol(protocol);
        } else if (side == Side.REQUEST) {
            rule.destinationPort(protocol, port());
        } else {
            rule.sourcePort(protocol, port());
        }
        return rule.accept().comment(COMMENT).build();
    }

    /** The service's port, which stays what it is from one connection to the next. */
    private int port() {
        if (!flow.protocol().hasPorts()) {
            return 0;
        }
        return side == Side.REQUEST ? flow.destinationPort() : flow.sourcePort();
    }

    private String words() {
        String ip = OwnTable.word(flow.family());
        var words = new ArrayList<String>();
        Acceptance.known(flow.source()).ifPresent(prefix -> words.add(ip + " saddr " + prefix.address()));
        Acceptance.known(flow.destination()).ifPresent(prefix -> words.add(ip + " daddr " + prefix.address()));
        words.add(
                port() == 0
                        ? "meta l4proto " + OwnTable.word(flow.protocol())
                        : flow.protocol() + (side == Side.REQUEST ? " dport " : " sport ") + port());
        return String.join(" ", words);
    }

    private String iptables() {
        String chain = ruling.chain().name();
        return (flow.family() == Family.IPV4 ? "iptables-nft" : "ip6tables-nft")
                + (ruling.table().name().equals("filter")
                        ? ""
                        : " -t " + ruling.table().name())
                + (drop.policy() ? " -A " + chain : " -I " + chain + " " + position())
                + " " + match();
    }

    /** The rule as iptables writes it. */
    private String match() {
        var words = new ArrayList<String>();
        Acceptance.known(flow.source()).ifPresent(prefix -> words.add("-s " + prefix.address()));
        Acceptance.known(flow.destination()).ifPresent(prefix -> words.add("-d " + prefix.address()));
        words.add("-p " + (flow.protocol().equals(Protocol.ICMPV6) ? "icmpv6" : flow.protocol()));
        if (port() != 0) {
            words.add((side == Side.REQUEST ? "--dport " : "--sport ") + port());
        }
        words.add("-m comment --comment " + COMMENT + " -j ACCEPT");
        return String.join(" ", words);
    }

    private int position() {
        return ruling.before().size() + 1;
    }
}
