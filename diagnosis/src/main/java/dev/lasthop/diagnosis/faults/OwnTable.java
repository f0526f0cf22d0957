package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.CtKey;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of our own with one base chain, and rules in it: made in one transaction, and taken back by deleting what was made. Nobody
 * else's table is touched by it.
 */
final class OwnTable {
    /** Where remedies put what has no place in a chain that is there. */
    static final String MENDED = "lasthop_fix";

    /** Where the lab's injections are. */
    static final String BROKEN = "lasthop_lab";

    private static final int RAW = -300; // NF_IP_PRI_RAW
    private static final int ADMINISTRATIVELY_PROHIBITED = 13; // ICMP_PKT_FILTERED
    private static final int NO_PROTOCOL = 255;

    private final Place place;
    private final TableFamily family;
    private final String table;
    private final String chain;
    private final List<FirewallStep.Change> changes = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();

    private OwnTable(Place place, TableFamily family, String table, String chain) {
        this.place = place;
        this.family = family;
        this.table = table;
        this.chain = chain;
        changes.add(new FirewallStep.Add(TableMessage.of(family, table)));
        commands.add(place.run("nft add table " + family + " " + table));
    }

    /** A chain of type filter that accepts what it has no rule for. */
    static OwnTable filter(Place place, TableFamily family, String name, Hook hook, int priority) {
        return base(place, family, name, "filter", hook, priority, true);
    }

    /** A chain of type filter that drops what it has no rule for. */
    static OwnTable dropping(Place place, TableFamily family, String name, Hook hook, int priority) {
        return base(place, family, name, "filter", hook, priority, false);
    }

    /** A chain that translates. */
    static OwnTable nat(Place place, TableFamily family, String name, Hook hook) {
        return nat(place, family, name, hook, hook.natPriority());
    }

    /** A chain that translates, at a priority of its own. */
    static OwnTable nat(Place place, TableFamily family, String name, Hook hook, int priority) {
        return base(place, family, name, "nat", hook, priority, true);
    }

    /** A table that does nothing by itself. */
    static OwnTable bare(Place place, TableFamily family, String table) {
        return new OwnTable(place, family, table, "");
    }

    private static OwnTable base(
            Place place,
            TableFamily family,
            String name,
            String type,
            Hook hook,
            int priority,
            boolean acceptsByDefault) {
        var own = new OwnTable(place, family, name, hook.word);
        own.changes.add(new FirewallStep.Add(ChainMessage.base(
                family, name, hook.word, type, new BaseHook(hook.number, priority), acceptsByDefault)));
        own.commands.add(place.run("nft 'add chain %s %s %s { type %s hook %s priority %d ; policy %s ; }'"
                .formatted(family, name, hook.word, type, hook.word, priority, acceptsByDefault ? "accept" : "drop")));
        return own;
    }

    /** Where a chain is called. */
    enum Hook {
        PREROUTING("prerouting", BaseHook.PREROUTING),
        INPUT("input", BaseHook.INPUT),
        FORWARD("forward", BaseHook.FORWARD),
        OUTPUT("output", BaseHook.OUTPUT),
        POSTROUTING("postrouting", BaseHook.POSTROUTING);

        private final String word;
        private final int number;

        Hook(String word, int number) {
            this.word = word;
            this.number = number;
        }

        /** Where chains of type nat usually are: NF_IP_PRI_NAT_SRC or NF_IP_PRI_NAT_DST. */
        int natPriority() {
            return this == POSTROUTING ? 100 : -100;
        }
    }

    /** The beginning of a rule in this chain. */
    RuleBuilder rule() {
        return RuleBuilder.in(family, table, chain);
    }

    /** @param words as nft writes the rule */
    OwnTable with(RuleBuilder rule, String words) {
        RuleMessage message = rule.build();
        changes.add(new FirewallStep.Add(message));
        String line = "nft add rule " + family + " " + table + " " + chain + " ";
        commands.add(place.run(
                words.matches("[A-Za-z0-9_@%+=:,./ -]+") ? line + words : "nft '" + line.substring(4) + words + "'"));
        return this;
    }

    FirewallStep step() {
        return new FirewallStep(place, changes, commands);
    }

    static TableFamily of(Family addresses) {
        return addresses == Family.IPV4 ? TableFamily.IP : TableFamily.IP6;
    }

    static TableFamily of(String name) {
        return Arrays.stream(TableFamily.values())
                .filter(family -> family.toString().equals(name))
                .findFirst()
                .orElse(TableFamily.INET);
    }

    /** "ip" or "ip6", as nft calls the addresses. */
    static String word(Family addresses) {
        return addresses == Family.IPV4 ? "ip" : "ip6";
    }

    /** Drops what goes to an address. */
    static FirewallStep drop(Place place, Hook hook, int priority, IpAddress destination) {
        OwnTable own = filter(place, TableFamily.INET, BROKEN, hook, priority);
        return own.with(
                        own.rule().destination(Prefix.of(destination)).counter().drop(),
                        word(destination.family()) + " daddr " + destination + " counter drop")
                .step();
    }

    /** As Docker keeps its networks apart: a chain of its own name, which the forward chain leads to. */
    static FirewallStep isolation(Place place, Prefix other) {
        OwnTable own = filter(place, TableFamily.INET, BROKEN, Hook.FORWARD, 0);
        String name = "DOCKER-ISOLATION-STAGE-1";
        own.changes.add(new FirewallStep.Add(ChainMessage.of(TableFamily.INET, BROKEN, name)));
        own.commands.add(place.run("nft add chain inet " + BROKEN + " " + name));
        own.changes.add(new FirewallStep.Add(RuleBuilder.in(TableFamily.INET, BROKEN, name)
                .destination(other.network())
                .counter()
                .drop()
                .build()));
        own.commands.add(place.run("nft add rule inet " + BROKEN + " " + name + " " + word(other.family()) + " daddr "
                + other.network() + " counter drop"));
        return own.with(own.rule().jump(name), "jump " + name).step();
    }

    /** Leaves what goes to an address untracked, and drops what tracking takes for invalid: the replies. */
    static List<FirewallStep> untracked(Place place, IpAddress destination) {
        OwnTable raw = filter(place, TableFamily.INET, BROKEN + "_raw", Hook.PREROUTING, RAW);
        OwnTable own = filter(place, TableFamily.INET, BROKEN, Hook.FORWARD, 0);
        return List.of(
                raw.with(
                                raw.rule().destination(Prefix.of(destination)).step(new Statement.NoTracking()),
                                word(destination.family()) + " daddr " + destination + " notrack")
                        .step(),
                own.with(own.rule().state(CtKey.INVALID).drop(), "ct state invalid drop")
                        .step());
    }

    /** Drops every second packet that goes to an address. */
    static FirewallStep dropHalf(Place place, IpAddress destination) {
        OwnTable own = filter(place, TableFamily.INET, BROKEN, Hook.FORWARD, 0);
        return own.with(
                        own.rule()
                                .destination(Prefix.of(destination))
                                .step(new Load.NumberGenerator(1, 2, 0, 0))
                                .step(Check.Compare.equal(1, new byte[4]))
                                .drop(),
                        word(destination.family()) + " daddr " + destination + " numgen inc mod 2 0 drop")
                .step();
    }

    /** Lets a single packet go to an address, and no more in an hour. */
    static FirewallStep dropBeyond(Place place, IpAddress destination) {
        OwnTable own = filter(place, TableFamily.INET, BROKEN, Hook.FORWARD, 0);
        return own.with(
                        own.rule()
                                .destination(Prefix.of(destination))
                                .step(new Check.Limit(1, 3600, 1, false, true))
                                .drop(),
                        word(destination.family()) + " daddr " + destination
                                + " limit rate over 1/hour burst 1 packets drop")
                .step();
    }

    /** Rejects what goes to an address, as an administrator's prohibition. */
    static FirewallStep reject(Place place, Hook hook, IpAddress destination) {
        OwnTable own = filter(place, TableFamily.INET, BROKEN, hook, 0);
        boolean four = destination.family() == Family.IPV4;
        Statement.Reject reject = new Statement.Reject(Statement.Reject.ICMP, four ? ADMINISTRATIVELY_PROHIBITED : 1);
        return own.with(
                        own.rule().destination(Prefix.of(destination)).counter().step(reject),
                        word(destination.family()) + " daddr " + destination + " counter reject with "
                                + (four ? "icmp" : "icmpv6") + " admin-prohibited")
                .step();
    }

    /** Drops the errors that tell a sender to send smaller packets. */
    static FirewallStep dropTooBig(Place place) {
        OwnTable own = filter(place, TableFamily.INET, BROKEN, Hook.OUTPUT, 0);
        return own.with(type(own.rule().protocol(Protocol.ICMP), 3).drop(), "icmp type destination-unreachable drop")
                .with(type(own.rule().protocol(Protocol.ICMPV6), 2).drop(), "icmpv6 type packet-too-big drop")
                .step();
    }

    /** Drops what is asked by ping. */
    static FirewallStep dropEcho(Place place, Hook hook) {
        OwnTable own = filter(place, TableFamily.INET, BROKEN, hook, 0);
        return own.with(
                        type(own.rule().protocol(Protocol.ICMP), 8).counter().drop(),
                        "icmp type echo-request counter drop")
                .with(
                        type(own.rule().protocol(Protocol.ICMPV6), 128)
                                .counter()
                                .drop(),
                        "icmpv6 type echo-request counter drop")
                .step();
    }

    private static RuleBuilder type(RuleBuilder rule, int type) {
        return rule.step(new Load.Payload(1, Load.Payload.TRANSPORT, 0, 1)).step(Check.Compare.equal(1, (byte) type));
    }

    /** {@code icmp} or {@code icmpv6} for nft, else the protocol's name. */
    static String word(Protocol protocol) {
        return protocol.equals(Protocol.ICMPV6)
                ? "ipv6-icmp"
                : protocol.number() == NO_PROTOCOL ? "any" : protocol.toString();
    }
}
