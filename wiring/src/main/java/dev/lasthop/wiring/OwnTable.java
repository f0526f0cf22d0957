package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.CtKey;
import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.netlink.nftables.KeyPart;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.wiring.TableChanges.Kind;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lasthop's own nf_tables table: its sets, chains and rules. The rules never change: networks ({@link NetworkElements}) and published ports
 * ({@link PortElements}) are elements of its sets and maps, so that the thousandth costs what the first does. Nobody else's table is
 * touched; and the rules that users put into chain {@link #USER_CHAIN} are theirs.
 */
final class OwnTable {
    static final String NAME = "lasthop";
    static final TableFamily FAMILY = TableFamily.INET;

    /** Asked before any of our rules accepts or drops what is forwarded; users fill it. */
    static final String USER_CHAIN = "user-forward";

    static final String FORWARD = "forward";

    private static final int RAW = -300; // NF_IP_PRI_RAW
    private static final int BEFORE_NAT = -110;
    private static final int DESTINATION_NAT = -100; // NF_IP_PRI_NAT_DST
    private static final int SOURCE_NAT = 100; // NF_IP_PRI_NAT_SRC
    private static final int BEHIND_NAT = 110;
    private static final int DNAT_STATUS = 0x20; // IPS_DST_NAT

    private static final KeyPart[] TOWARDS = {KeyPart.DESTINATION_ADDRESS, KeyPart.PROTOCOL, KeyPart.DESTINATION_PORT};
    private static final KeyPart[] BACK = {KeyPart.SOURCE_ADDRESS, KeyPart.PROTOCOL, KeyPart.SOURCE_PORT};

    private final TableChanges changes = new TableChanges();
    private final boolean anew;

    private OwnTable(boolean anew) {
        this.anew = anew;
    }

    /** The table with its sets, chains and rules; nothing in the sets. */
    static FirewallStep create() {
        return new OwnTable(false).all();
    }

    /** Makes what is missing of the table, and all its rules anew. What is in sets, and the users' chain, stays. */
    static FirewallStep renew() {
        return new OwnTable(true).all();
    }

    private FirewallStep all() {
        changes.table();
        sets();
        changes.chain(USER_CHAIN);
        forward();
        guard();
        destinationNat("prerouting", BaseHook.PREROUTING);
        destinationNat("output", BaseHook.OUTPUT);
        sourceNat();
        traffic();
        return changes.step();
    }

    /** The table and all that is on record in it. */
    static List<Step> whole(Store store) {
        List<PublishedPort> ports = new ArrayList<>();
        List<Step> steps = new ArrayList<>(List.of(create()));
        List<TableElement> elements = new ArrayList<>(declaredNetworks(store));
        List<Network> networks = store.networks();
        for (Endpoint endpoint : store.endpoints()) {
            if (endpoint.complete()) {
                store.network(endpoint.network())
                        .ifPresent(network -> elements.addAll(NetworkElements.of(endpoint, network, networks)));
                List<PublishedPort> its = store.ports().of(endpoint.id());
                elements.addAll(PortElements.all(endpoint, its));
                ports.addAll(its);
            }
        }
        steps.addAll(HelperRules.of(ports));
        steps.add(TableElement.step(elements.stream().distinct().toList(), true));
        return steps;
    }

    private static List<TableElement> declaredNetworks(Store store) {
        List<Network> networks = store.networks().stream()
                .filter(network -> network.complete() && network.plans().crossesHost())
                .toList();
        return networks.stream()
                .flatMap(network -> NetworkElements.of(network, networks).stream())
                .distinct()
                .toList();
    }

    /** What a network needs of the table. */
    static FirewallStep add(Network network, Store store) {
        return TableElement.step(elements(network, store), true);
    }

    /** Takes {@link #add(Network, Store)} back. */
    static FirewallStep remove(Network network, Store store) {
        return TableElement.step(elements(network, store), false);
    }

    /** What an endpoint needs of the table besides its network and its ports; nothing where the host has a bridge for it. */
    static List<Step> add(Endpoint endpoint, Network network, Store store) {
        return steps(NetworkElements.of(endpoint, network, store.networks()), true);
    }

    /** Takes {@link #add(Endpoint, Network, Store)} back. */
    static List<Step> remove(Endpoint endpoint, Network network, Store store) {
        return steps(NetworkElements.of(endpoint, network, store.networks()), false);
    }

    private static List<Step> steps(List<TableElement> elements, boolean add) {
        return elements.isEmpty() ? List.of() : List.of(TableElement.step(elements, add));
    }

    private static List<TableElement> elements(Network network, Store store) {
        List<Network> networks = store.networks();
        List<TableElement> elements = new ArrayList<>(NetworkElements.of(network, networks));
        networks.stream()
                .filter(other -> NetworkElements.allow(network, other))
                .filter(other -> other.plans().isRouted())
                .flatMap(other -> store.endpoints(other.name()).stream())
                .forEach(endpoint -> elements.addAll(NetworkElements.between(endpoint, network)));
        return elements;
    }

    /**
     * What is sent to a peer's containers by a host route keeps its source.
     *
     * @param outermost whether these are the network's only peers
     */
    static FirewallStep peers(Network network, Peer peer, boolean outermost, boolean add) {
        return TableElement.step(NetworkElements.peers(network, List.of(peer), outermost), add);
    }

    /** Deletes the table; what users have put into their own chain stays, and the table with it. */
    static List<Step> delete(Site host) {
        if (!TableContents.rules(host).containsKey(USER_CHAIN)) {
            return List.of(FirewallStep.deleteTable(Place.HOST, FAMILY, NAME));
        }
        var changes = new TableChanges();
        List<NftMessage> things = TableContents.things(host);
        for (NftMessage thing : things) {
            if (thing instanceof ChainMessage chain && !chain.name().equals(USER_CHAIN)) {
                changes.flush(chain.name());
            }
        }
        for (NftMessage thing : things) {
            switch (thing) {
                case ChainMessage chain
                when !chain.name().equals(USER_CHAIN) -> changes.delete(chain, "chain inet lasthop " + chain.name());
                case SetMessage set -> changes.delete(set, "set inet lasthop " + set.name());
                case ObjectMessage object -> changes.delete(object, "ct helper inet lasthop " + object.name());
                default -> {} // the users' chain
            }
        }
        return List.of(changes.step());
    }

    /** Whether the table's chains have as many rules as they were made with. The users' chain is theirs. */
    static boolean isWhole(Site host) {
        Map<String, Long> there = TableContents.rules(host);
        return create().changes().stream()
                .flatMap(
                        change -> change.thing() instanceof RuleMessage rule ? Stream.of(rule.chain()) : Stream.empty())
                .collect(Collectors.groupingBy(chain -> chain, Collectors.counting()))
                .entrySet()
                .stream()
                .allMatch(chain -> chain.getValue().equals(there.get(chain.getKey())));
    }

    static List<SetMessage> declaredSets() {
        return create().changes().stream()
                .flatMap(change -> change.thing() instanceof SetMessage set ? Stream.of(set) : Stream.empty())
                .toList();
    }

    /** {@code "4"} or {@code "6"}: what the name of a set for one family ends with. */
    static String suffix(Family family) {
        return family == Family.IPV4 ? "4" : "6";
    }

    static FieldType type(Family family) {
        return family == Family.IPV4 ? FieldType.IPV4 : FieldType.IPV6;
    }

    /** nft's word for a family's header. */
    static String word(Family family) {
        return family == Family.IPV4 ? "ip" : "ip6";
    }

    private void sets() {
        changes.set("bridges", Kind.PLAIN, FieldType.INTERFACE_NAME);
        changes.set("internal", Kind.PLAIN, FieldType.INTERFACE_NAME);
        changes.set("within", Kind.PLAIN, FieldType.INTERFACE_NAME, FieldType.INTERFACE_NAME);
        changes.set("groups", Kind.PLAIN, FieldType.DEVICE_GROUP, FieldType.DEVICE_GROUP);
        changes.set("traffic", Kind.COUNTING, FieldType.PROTOCOL, FieldType.PORT);
        for (Family family : Family.values()) {
            String suffix = suffix(family);
            FieldType type = type(family);
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
        rule(in("forward").jump(USER_CHAIN), "forward jump " + USER_CHAIN);
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
            String suffix = suffix(family);
            String ip = word(family);
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
        for (Family family : Family.values()) { // an endpoint that calls itself or a neighbour by a published port
            String set = "local" + suffix(family);
            String ip = word(family);
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
        rule(named(chain, MetaKey.OUTPUT_NAME, "bridges").returns(), chain + " oifname @bridges return");
        for (Family family : Family.values()) {
            String ip = word(family);
            String routed = "routed" + suffix(family);
            String peers = "peers" + suffix(family);
            rule(
                    in(chain)
                            .sourceIn(family, routed, 0)
                            .destinationIn(family, peers, 0)
                            .returns(),
                    chain + " " + ip + " saddr @" + routed + " " + ip + " daddr @" + peers + " return");
            String map = "source" + suffix(family);
            rule(in(chain).sourceNatByMap(family, map), chain + " snat " + ip + " to " + ip + " saddr map @" + map);
            String set = "masquerade" + suffix(family);
            rule(in(chain).sourceIn(family, set, 0).masquerade(), chain + " " + ip + " saddr @" + set + " masquerade");
        }
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
            for (String set : List.of("traffic" + suffix(family), "traffic-ranges" + suffix(family))) {
                rule(
                        in(chain).in(family, set, 0, key).returns(),
                        chain + " " + word(family) + " " + address + " . meta l4proto . th " + port + " @" + set
                                + " return");
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
        return RuleBuilder.in(FAMILY, NAME, chain);
    }

    private static RuleBuilder named(String chain, MetaKey name, String set) {
        return in(chain).step(new Load.Meta(1, name)).step(Check.Lookup.in(set, 1));
    }
}
