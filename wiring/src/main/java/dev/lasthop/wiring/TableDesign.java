package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.CtKey;
import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.netlink.nftables.KeyPart;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.wiring.TableChanges.Kind;
import dev.lasthop.wiring.step.FirewallStep;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How Lasthop's own table is made: its sets, chains and rules. None of them depends on what is on record.
 *
 * <p>What is sent to the kernel and what nft would be told stand side by side here, a chain a method.
 */
final class TableDesign {
    private static final int RAW = -300; // NF_IP_PRI_RAW
    private static final int BEFORE_NAT = -110;
    private static final int DESTINATION_NAT = -100; // NF_IP_PRI_NAT_DST
    private static final int SOURCE_NAT = 100; // NF_IP_PRI_NAT_SRC
    private static final int BEHIND_NAT = 110;
    private static final int DNAT_STATUS = 0x20; // IPS_DST_NAT

    private static final KeyPart[] TOWARDS = {KeyPart.DESTINATION_ADDRESS, KeyPart.PROTOCOL, KeyPart.DESTINATION_PORT};
    private static final KeyPart[] BACK = {KeyPart.SOURCE_ADDRESS, KeyPart.PROTOCOL, KeyPart.SOURCE_PORT};

    private final TableChanges changes;
    private final boolean anew;

    private TableDesign(TableChanges changes, boolean anew) {
        this.changes = changes;
        this.anew = anew;
    }

    /** The table with its sets, chains and rules; nothing in the sets. */
    static FirewallStep create() {
        return new TableDesign(new TableChanges(), false).all();
    }

    /**
     * Makes some of it again, where the table is there: sets, chains, and of the chains whose rules these are all rules anew. What is in
     * sets, and the users' chain, stays.
     */
    static FirewallStep renew(Predicate<NftMessage> wanted) {
        return new TableDesign(new TableChanges(wanted), true).all();
    }

    /** Its sets and maps, as they are declared. */
    static List<SetMessage> sets() {
        return create().changes().stream()
                .flatMap(change -> change.thing() instanceof SetMessage set ? Stream.of(set) : Stream.empty())
                .toList();
    }

    private FirewallStep all() {
        changes.table();
        declareSets();
        changes.chain(OwnTable.USER_CHAIN);
        forward();
        guard();
        destinationNat("prerouting", BaseHook.PREROUTING);
        destinationNat("output", BaseHook.OUTPUT);
        sourceNat();
        traffic();
        return changes.step();
    }

    private void declareSets() {
        changes.set("bridges", Kind.PLAIN, FieldType.INTERFACE_NAME);
        changes.set("internal", Kind.PLAIN, FieldType.INTERFACE_NAME);
        changes.set("within", Kind.PLAIN, FieldType.INTERFACE_NAME, FieldType.INTERFACE_NAME);
        changes.set("groups", Kind.PLAIN, FieldType.DEVICE_GROUP, FieldType.DEVICE_GROUP);
        changes.set("traffic", Kind.COUNTING, FieldType.PROTOCOL, FieldType.PORT);
        for (Family family : Family.values()) {
            String suffix = OwnTable.suffix(family);
            FieldType type = OwnTable.type(family);
            FieldType[] hostPort = {type, FieldType.PROTOCOL, FieldType.PORT};
            changes.set("local" + suffix, Kind.INTERVALS, type);
            changes.set("masquerade" + suffix, Kind.INTERVALS, type);
            changes.set("routed" + suffix, Kind.INTERVALS, type);
            changes.set("peers" + suffix, Kind.INTERVALS, type);
            changes.map("source" + suffix, Kind.INTERVALS, List.of(type), type);
            changes.map("ports" + suffix, Kind.COUNTING, List.of(hostPort), type, FieldType.PORT);
            changes.map(
                    "any" + suffix, Kind.COUNTING, List.of(FieldType.PROTOCOL, FieldType.PORT), type, FieldType.PORT);
            changes.map("ranges" + suffix, Kind.COUNTING_INTERVALS, List.of(hostPort), type);
            changes.set("restricted" + suffix, Kind.INTERVALS, hostPort);
            changes.set("allowed" + suffix, Kind.INTERVALS, type, type, FieldType.PROTOCOL, FieldType.PORT);
            for (Application application : Application.values()) {
                changes.set(application + suffix, Kind.INTERVALS, hostPort);
            }
            changes.set("traffic" + suffix, Kind.COUNTING, hostPort);
            changes.set("traffic-ranges" + suffix, Kind.COUNTING_INTERVALS, hostPort);
        }
    }

    /** Accepts what goes through our bridges, and keeps networks apart. */
    private void forward() {
        chain("isolation");
        base("forward", "filter", BaseHook.FORWARD, 0);
        rule(in("forward").jump(OwnTable.USER_CHAIN), "forward jump " + OwnTable.USER_CHAIN);
        rule(
                in("forward")
                        .step(new Load.Meta(1, MetaKey.INPUT_NAME))
                        .step(new Load.Meta(2, MetaKey.OUTPUT_NAME))
                        .step(Check.Lookup.in("within", 1))
                        .accept(),
                "forward iifname . oifname @within accept");
        rule(
                in("forward")
                        .step(new Load.Meta(1, MetaKey.INPUT_GROUP))
                        .step(new Load.Meta(9, MetaKey.OUTPUT_GROUP)) // the word behind the first of register 1
                        .step(Check.Lookup.in("groups", 1))
                        .accept(),
                "forward iifgroup . oifgroup @groups accept");
        rule(in("forward").jump("isolation"), "forward jump isolation");
        rule(named("forward", MetaKey.INPUT_NAME, "bridges").accept(), "forward iifname @bridges accept");
        rule(named("forward", MetaKey.OUTPUT_NAME, "bridges").accept(), "forward oifname @bridges accept");

        rule(named("isolation", MetaKey.INPUT_NAME, "internal").drop(), "isolation iifname @internal drop");
        rule(named("isolation", MetaKey.OUTPUT_NAME, "internal").drop(), "isolation oifname @internal drop");
        String between = "isolation iifname @bridges oifname @bridges ";
        rule(between().status(DNAT_STATUS).accept(), between + "ct status dnat accept");
        rule(between().drop(), between + "drop");
    }

    private static RuleBuilder between() {
        return named("isolation", MetaKey.INPUT_NAME, "bridges")
                .step(new Load.Meta(1, MetaKey.OUTPUT_NAME))
                .step(Check.Lookup.in("bridges", 1));
    }

    /** Publishing on 127.0.0.1 sets route_localnet on bridges, which must not let endpoints in. */
    private void guard() {
        base("guard", "filter", BaseHook.PREROUTING, RAW);
        rule(
                named("guard", MetaKey.INPUT_NAME, "bridges")
                        .destination(Prefix.parse("127.0.0.0/8"))
                        .drop(),
                "guard iifname @bridges ip daddr 127.0.0.0/8 drop");
    }

    private void destinationNat(String chain, int hook) {
        base(chain, "nat", hook, DESTINATION_NAT);
        for (Family family : Family.values()) {
            String suffix = OwnTable.suffix(family);
            String ip = OwnTable.word(family);
            if (hook == BaseHook.PREROUTING) { // the host itself and its endpoints may always
                KeyPart[] from = {
                    KeyPart.SOURCE_ADDRESS, KeyPart.DESTINATION_ADDRESS, KeyPart.PROTOCOL, KeyPart.DESTINATION_PORT
                };
                rule(
                        in(chain)
                                .step(new Load.Meta(1, MetaKey.INPUT_NAME))
                                .step(new Check.Lookup("bridges", 1, 0, false, 0, true))
                                .in(family, "restricted" + suffix, 0, TOWARDS)
                                .notIn(family, "allowed" + suffix, from)
                                .returns(),
                        chain + " iifname != @bridges " + towards(ip) + " @restricted" + suffix + " " + ip + " saddr . "
                                + towards(ip) + " != @allowed" + suffix + " return");
            }
            String dnat = chain + " fib daddr type local dnat " + ip + " to ";
            rule(
                    local(chain).destinationNatByMap(family, "ports" + suffix, 0, TOWARDS),
                    dnat + towards(ip) + " map @ports" + suffix);
            rule(
                    local(chain)
                            .destinationNatByMap(family, "any" + suffix, 0, KeyPart.PROTOCOL, KeyPart.DESTINATION_PORT),
                    dnat + "meta l4proto . th dport map @any" + suffix);
            rule(
                    local(chain).destinationNatByAddressMap(family, "ranges" + suffix, TOWARDS),
                    dnat + towards(ip) + " map @ranges" + suffix);
        }
    }

    private static String towards(String ip) {
        return ip + " daddr . meta l4proto . th dport";
    }

    private static RuleBuilder local(String chain) {
        return in(chain).destinationIsLocal();
    }

    private void sourceNat() {
        String chain = "postrouting";
        base(chain, "nat", BaseHook.POSTROUTING, SOURCE_NAT);
        answersComeBack(chain);
        rule(named(chain, MetaKey.OUTPUT_NAME, "bridges").returns(), chain + " oifname @bridges return");
        Stream.of(Family.values()).forEach(family -> leaves(chain, family));
    }

    /** Who was reached by a published port, but would answer the caller past this host, is called by the host. */
    private void answersComeBack(String chain) {
        for (Family family : Family.values()) { // an endpoint that calls itself or a neighbour by a published port
            String set = "local" + OwnTable.suffix(family);
            String ip = OwnTable.word(family);
            rule(
                    in(chain)
                            .status(DNAT_STATUS)
                            .sourceIn(family, set, 0)
                            .destinationIn(family, set, 0)
                            .masquerade(),
                    chain + " ct status dnat " + ip + " saddr @" + set + " " + ip + " daddr @" + set + " masquerade");
        }
        rule( // an internal network's endpoints have no route but to their own subnet
                named(chain, MetaKey.OUTPUT_NAME, "internal")
                        .status(DNAT_STATUS)
                        .masquerade(),
                chain + " oifname @internal ct status dnat masquerade");
        rule(
                in(chain)
                        .status(DNAT_STATUS)
                        .source(Prefix.parse("127.0.0.0/8"))
                        .masquerade(),
                chain + " ct status dnat ip saddr 127.0.0.0/8 masquerade");
    }

    /** What leaves this host: to peers with its own source, else with the one that was chosen, or with the host's. */
    private void leaves(String chain, Family family) {
        String ip = OwnTable.word(family);
        String routed = "routed" + OwnTable.suffix(family);
        String peers = "peers" + OwnTable.suffix(family);
        rule(
                in(chain)
                        .sourceIn(family, routed, 0)
                        .destinationIn(family, peers, 0)
                        .returns(),
                chain + " " + ip + " saddr @" + routed + " " + ip + " daddr @" + peers + " return");
        String map = "source" + OwnTable.suffix(family);
        rule(in(chain).sourceNatByMap(family, map), chain + " snat " + ip + " to " + ip + " saddr map @" + map);
        String set = "masquerade" + OwnTable.suffix(family);
        rule(in(chain).sourceIn(family, set, 0).masquerade(), chain + " " + ip + " saddr @" + set + " masquerade");
    }

    /** Counts each packet of a connection to a published port where it still bears, or bears again, the host's address and port. */
    private void traffic() {
        count("towards", "dport", "daddr", TOWARDS);
        count("back", "sport", "saddr", BACK);
        each("traffic-prerouting", BaseHook.PREROUTING, BEFORE_NAT, "original", "towards");
        each("traffic-output", BaseHook.OUTPUT, BEFORE_NAT, "original", "towards");
        each("traffic-input", BaseHook.INPUT, BEHIND_NAT, "reply", "back");
        each("traffic-postrouting", BaseHook.POSTROUTING, BEHIND_NAT, "reply", "back");
    }

    private void each(String chain, int hook, int priority, String direction, String target) {
        base(chain, "filter", hook, priority);
        rule(
                in(chain)
                        .status(DNAT_STATUS)
                        .step(new Load.Ct(1, CtKey.DIRECTION))
                        .step(Check.Compare.equal(1, (byte) (direction.equals("reply") ? 1 : 0)))
                        .jump(target),
                chain + " ct status dnat ct direction " + direction + " jump " + target);
    }

    private void count(String chain, String port, String address, KeyPart... key) {
        chain(chain);
        rule(
                in(chain).in("traffic", key[1], key[2]).returns(),
                chain + " meta l4proto . th " + port + " @traffic return");
        for (Family family : Family.values()) {
            for (String set :
                    List.of("traffic" + OwnTable.suffix(family), "traffic-ranges" + OwnTable.suffix(family))) {
                rule(
                        in(chain).in(family, set, 0, key).returns(),
                        chain + " " + OwnTable.word(family) + " " + address + " . meta l4proto . th " + port + " @"
                                + set + " return");
            }
        }
    }

    private void chain(String name) {
        changes.chain(name);
        emptied(name);
    }

    private void base(String name, String type, int hook, int priority) {
        changes.base(name, type, hook, priority);
        emptied(name);
    }

    private void emptied(String name) {
        if (anew) {
            changes.flush(name);
        }
    }

    private void rule(RuleBuilder rule, String line) {
        changes.rule(rule, line);
    }

    private static RuleBuilder in(String chain) {
        return RuleBuilder.in(OwnTable.FAMILY, OwnTable.NAME, chain);
    }

    private static RuleBuilder named(String chain, MetaKey name, String set) {
        return in(chain).step(new Load.Meta(1, name)).step(Check.Lookup.in(set, 1));
    }
}
