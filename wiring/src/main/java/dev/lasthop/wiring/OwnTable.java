package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.NftHeader;
import dev.lasthop.netlink.nftables.NftType;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleBuilder.KeyPart;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.FirewallStep.Add;
import dev.lasthop.wiring.step.FirewallStep.Change;
import dev.lasthop.wiring.step.FirewallStep.Delete;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lasthop's own nf_tables table. Its rules never change: networks and published ports are elements of its sets and maps, one or a few
 * each, so that the thousandth costs what the first does. Nobody else's table is touched.
 */
final class OwnTable {
    static final String NAME = "lasthop";
    static final TableFamily FAMILY = TableFamily.INET;

    private static final int RAW = -300; // NF_IP_PRI_RAW
    private static final int DESTINATION_NAT = -100; // NF_IP_PRI_NAT_DST
    private static final int SOURCE_NAT = 100; // NF_IP_PRI_NAT_SRC
    private static final int DNAT_STATUS = 0x20; // IPS_DST_NAT

    /** nft's note that a set's keys are in the machine's own byte order: entry 0, four bytes, the number 1. */
    private static final Bytes HOST_ORDER =
            Bytes.write(6, out -> out.put((byte) 0).put((byte) 4).putInt(1));

    private final List<Change> changes = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private int nextSetId = 1;

    private OwnTable() {}

    /** The table with its sets, chains and rules; nothing in the sets. */
    static FirewallStep create() {
        var table = new OwnTable();
        table.changes.add(new Add(TableMessage.of(FAMILY, NAME)));
        table.lines.add("nft add table inet " + NAME);
        table.sets();
        table.forward();
        table.destinationNat("prerouting", BaseHook.PREROUTING);
        table.destinationNat("output", BaseHook.OUTPUT);
        table.sourceNat();
        return new FirewallStep(Place.HOST, table.changes, table.lines);
    }

    /** The table and all that is on record in it. */
    static List<Step> whole(Store store) {
        List<Step> steps = new ArrayList<>();
        steps.add(create());
        store.networks().stream().filter(Network::complete).forEach(network -> steps.add(add(network)));
        store.endpoints().stream()
                .filter(endpoint -> endpoint.complete() && !endpoint.ports().isEmpty())
                .forEach(endpoint -> steps.add(publish(endpoint, endpoint.ports())));
        return steps;
    }

    /** Whether the table has as many rules as it was made with. */
    static boolean isWhole(Site host) {
        long wanted = create().changes().stream()
                .filter(change -> change.thing() instanceof RuleMessage)
                .count();
        Bytes which = NftHeader.of(FAMILY).body(Attributes.of(RuleMessage.TABLE.to(NAME)));
        return host.netfilter()
                        .dump("read the rules of table inet " + NAME, NftType.GET_RULE, which)
                        .messages()
                        .size()
                == wanted;
    }

    static FirewallStep delete() {
        return FirewallStep.deleteTable(Place.HOST, FAMILY, NAME);
    }

    /** What a network needs: its bridge's name and its subnets, each in the sets that the rules ask. */
    static FirewallStep add(Network network) {
        return elements(network, true);
    }

    /** Takes {@link #add(Network)} back. */
    static FirewallStep remove(Network network) {
        return elements(network, false);
    }

    /** The map's elements that lead to the endpoint, one for each family that it has an address of. */
    static FirewallStep publish(Endpoint endpoint, List<PublishedPort> ports) {
        return ports(endpoint, ports, true);
    }

    static FirewallStep unpublish(Endpoint endpoint, List<PublishedPort> ports) {
        return ports(endpoint, ports, false);
    }

    /** Whether a port can be reached at an endpoint: it has an address of the family that the port is published for. */
    static boolean reaches(Endpoint endpoint, PublishedPort port) {
        return port.hostAddress()
                .map(address -> endpoint.address(address.family()).isPresent())
                .orElse(!endpoint.addresses().isEmpty());
    }

    private static FirewallStep elements(Network network, boolean add) {
        var table = new OwnTable();
        network.bridge().ifPresent(bridge -> table.bridge(network, bridge, add));
        network.driver().tunnel().ifPresent(tunnel -> table.tunnel(network, tunnel, add));
        for (Subnet subnet : network.subnets()) {
            Prefix prefix = subnet.prefix();
            String suffix = suffix(prefix.family());
            table.element("local" + suffix, interval(prefix), prefix.toString(), add);
            if (network.masquerade() && !network.internal()) {
                table.element("masquerade" + suffix, interval(prefix), prefix.toString(), add);
            }
        }
        if (network.driver().tunnel().isEmpty()) {
            table.peers(
                    network, Peers.of(network).all(), !Peers.of(network).all().isEmpty(), add);
        }
        return new FirewallStep(Place.HOST, table.changes, table.lines);
    }

    private void bridge(Network network, String bridge, boolean add) {
        byte[] name = RuleBuilder.interfaceName(bridge);
        String quoted = '"' + bridge + '"';
        element("bridges", List.of(SetElement.of(name)), quoted, add);
        element("within", List.of(SetElement.of(join(name, name))), quoted + " . " + quoted, add);
        if (network.internal()) {
            element("internal", List.of(SetElement.of(name)), quoted, add);
        }
    }

    /**
     * What is sent to a peer's containers by a host route keeps its source.
     *
     * @param outermost whether these are the network's only peers
     */
    static FirewallStep peers(Network network, Peer peer, boolean outermost, boolean add) {
        var table = new OwnTable();
        table.peers(network, List.of(peer), outermost, add);
        return new FirewallStep(Place.HOST, table.changes, table.lines);
    }

    private void peers(Network network, List<Peer> peers, boolean outermost, boolean add) {
        for (Subnet subnet : outermost ? network.subnets() : List.<Subnet>of()) {
            Prefix prefix = subnet.prefix();
            element("routed" + suffix(prefix.family()), interval(prefix), prefix.toString(), add);
        }
        for (Peer peer : peers) {
            for (Prefix prefix : peer.subnets()) {
                element("peers" + suffix(prefix.family()), interval(prefix), prefix.toString(), add);
            }
        }
    }

    /** Through a tunnel packets of the network stay in it: they keep their source, and are no matter of isolation. */
    private void tunnel(Network network, String tunnel, boolean add) {
        byte[] name = RuleBuilder.interfaceName(tunnel);
        String quoted = '"' + tunnel + '"';
        element("bridges", List.of(SetElement.of(name)), quoted, add);
        network.bridge().ifPresent(bridge -> {
            byte[] other = RuleBuilder.interfaceName(bridge);
            String and = '"' + bridge + '"';
            element("within", List.of(SetElement.of(join(name, other))), quoted + " . " + and, add);
            element("within", List.of(SetElement.of(join(other, name))), and + " . " + quoted, add);
        });
        if (network.internal()) {
            element("internal", List.of(SetElement.of(name)), quoted, add);
        }
    }

    private static FirewallStep ports(Endpoint endpoint, List<PublishedPort> ports, boolean add) {
        var table = new OwnTable();
        for (PublishedPort port : ports) {
            for (Family family : Family.values()) {
                boolean meant = port.hostAddress().map(IpAddress::family).orElse(family) == family;
                if (meant) {
                    endpoint.address(family).ifPresent(to -> table.port(port, to, add));
                }
            }
        }
        return new FirewallStep(Place.HOST, table.changes, table.lines);
    }

    private void port(PublishedPort port, IpAddress to, boolean add) {
        byte[] protocol = {(byte) port.protocol().number(), 0, 0, 0};
        byte[] key = join(protocol, padded(port.hostPort()));
        String words = port.protocol() + " . " + port.hostPort();
        String map = "any" + suffix(to.family());
        if (port.hostAddress().isPresent()) {
            key = join(port.hostAddress().get().bytes(), key);
            words = port.hostAddress().get() + " . " + words;
            map = "ports" + suffix(to.family());
        }
        SetElement element = SetElement.of(key).mappedTo(RuleData.Value.of(join(to.bytes(), padded(port.port()))));
        element(map, List.of(element), words + " : " + to + " . " + port.port(), add);
    }

    private void sets() {
        set("bridges", FieldType.INTERFACE_NAME, 0);
        set("internal", FieldType.INTERFACE_NAME, 0);
        add(
                SetMessage.of(
                        FAMILY,
                        NAME,
                        "within",
                        List.of(FieldType.INTERFACE_NAME, FieldType.INTERFACE_NAME),
                        0,
                        nextSetId++),
                "set inet lasthop within { type ifname . ifname ; }");
        for (Family family : Family.values()) {
            String suffix = suffix(family);
            FieldType type = family == Family.IPV4 ? FieldType.IPV4 : FieldType.IPV6;
            set("local" + suffix, type, SetMessage.INTERVAL);
            set("masquerade" + suffix, type, SetMessage.INTERVAL);
            set("routed" + suffix, type, SetMessage.INTERVAL);
            set("peers" + suffix, type, SetMessage.INTERVAL);
            map("ports" + suffix, List.of(type, FieldType.PROTOCOL, FieldType.PORT), type);
            map("any" + suffix, List.of(FieldType.PROTOCOL, FieldType.PORT), type);
        }
    }

    private void set(String name, FieldType type, int flags) {
        String interval = flags == SetMessage.INTERVAL ? " flags interval ;" : "";
        SetMessage set = SetMessage.of(FAMILY, NAME, name, List.of(type), flags, nextSetId++);
        if (type == FieldType.INTERFACE_NAME) { // or nft prints the names as empty
            set = new SetMessage(set.header(), set.attributes().with(SetMessage.USER_DATA.to(HOST_ORDER)));
        }
        add(set, "set inet lasthop " + name + " { type " + type + " ;" + interval + " }");
    }

    private void map(String name, List<FieldType> key, FieldType address) {
        String words = String.join(" . ", key.stream().map(FieldType::toString).toList());
        add(
                SetMessage.map(FAMILY, NAME, name, key, List.of(address, FieldType.PORT), 0, nextSetId++),
                "map inet lasthop " + name + " { type " + words + " : " + address + " . inet_service ; }");
    }

    /** Accepts what goes through our bridges, and keeps internal networks to themselves. */
    private void forward() {
        base("forward", "filter", BaseHook.FORWARD, 0);
        rule(
                chain("forward")
                        .step(new Load.Meta(1, MetaKey.INPUT_NAME))
                        .step(new Load.Meta(2, MetaKey.OUTPUT_NAME))
                        .step(Check.Lookup.in("within", 1))
                        .accept(),
                "forward iifname . oifname @within accept");
        rule(named("forward", MetaKey.INPUT_NAME, "internal").drop(), "forward iifname @internal drop");
        rule(named("forward", MetaKey.OUTPUT_NAME, "internal").drop(), "forward oifname @internal drop");
        rule(named("forward", MetaKey.INPUT_NAME, "bridges").accept(), "forward iifname @bridges accept");
        rule(named("forward", MetaKey.OUTPUT_NAME, "bridges").accept(), "forward oifname @bridges accept");
    }

    private void destinationNat(String chain, int hook) {
        if (hook == BaseHook.PREROUTING) {
            // publishing on 127.0.0.1 sets route_localnet on the bridge, which must not let endpoints in
            base("guard", "filter", hook, RAW);
            rule(
                    named("guard", MetaKey.INPUT_NAME, "bridges")
                            .destination(Prefix.parse("127.0.0.0/8"))
                            .drop(),
                    "guard iifname @bridges ip daddr 127.0.0.0/8 drop");
        }
        base(chain, "nat", hook, DESTINATION_NAT);
        for (Family family : Family.values()) {
            String suffix = suffix(family);
            String words = family == Family.IPV4 ? "ip" : "ip6";
            rule(
                    chain(chain)
                            .destinationIsLocal()
                            .destinationNatByMap(
                                    family,
                                    "ports" + suffix,
                                    0,
                                    KeyPart.DESTINATION_ADDRESS,
                                    KeyPart.PROTOCOL,
                                    KeyPart.DESTINATION_PORT),
                    chain + " fib daddr type local dnat " + words + " to " + words
                            + " daddr . meta l4proto . th dport map @ports" + suffix);
            rule(
                    chain(chain)
                            .destinationIsLocal()
                            .destinationNatByMap(family, "any" + suffix, 0, KeyPart.PROTOCOL, KeyPart.DESTINATION_PORT),
                    chain + " fib daddr type local dnat " + words + " to meta l4proto . th dport map @any" + suffix);
        }
    }

    private void sourceNat() {
        String chain = "postrouting";
        base(chain, "nat", BaseHook.POSTROUTING, SOURCE_NAT);
        for (Family family : Family.values()) { // an endpoint that calls itself or a neighbour by a published port
            String set = "local" + suffix(family);
            String words = family == Family.IPV4 ? "ip" : "ip6";
            rule(
                    chain(chain)
                            .status(DNAT_STATUS)
                            .sourceIn(family, set, 0)
                            .destinationIn(family, set, 0)
                            .masquerade(),
                    chain + " ct status dnat " + words + " saddr @" + set + " " + words + " daddr @" + set
                            + " masquerade");
        }
        rule(
                chain(chain)
                        .status(DNAT_STATUS)
                        .source(Prefix.parse("127.0.0.0/8"))
                        .masquerade(),
                chain + " ct status dnat ip saddr 127.0.0.0/8 masquerade");
        rule(named(chain, MetaKey.OUTPUT_NAME, "bridges").returns(), chain + " oifname @bridges return");
        for (Family family : Family.values()) {
            String set = "masquerade" + suffix(family);
            String words = family == Family.IPV4 ? "ip" : "ip6";
            String routed = "routed" + suffix(family);
            String peers = "peers" + suffix(family);
            rule(
                    chain(chain)
                            .sourceIn(family, routed, 0)
                            .destinationIn(family, peers, 0)
                            .returns(),
                    chain + " " + words + " saddr @" + routed + " " + words + " daddr @" + peers + " return");
            rule(
                    chain(chain).sourceIn(family, set, 0).masquerade(),
                    chain + " " + words + " saddr @" + set + " masquerade");
        }
    }

    private void base(String name, String type, int hook, int priority) {
        String hookName = List.of("prerouting", "input", "forward", "output", "postrouting")
                .get(hook);
        add(
                ChainMessage.base(FAMILY, NAME, name, type, new BaseHook(hook, priority), true),
                "chain inet lasthop " + name + " { type " + type + " hook " + hookName + " priority " + priority
                        + " ; policy accept ; }");
    }

    private void rule(RuleBuilder rule, String line) {
        add(rule.build(), "rule inet lasthop " + line);
    }

    private void add(dev.lasthop.netlink.nftables.NftMessage thing, String words) {
        changes.add(new Add(thing));
        lines.add("nft " + (words.matches("[A-Za-z0-9_@:,./ -]+") ? "add " + words : "'add " + words + "'"));
    }

    private void element(String set, List<SetElement> elements, String words, boolean add) {
        Stream<ElementsMessage> messages = ElementsMessage.of(FAMILY, NAME, set, 0, elements).stream();
        messages.map(message -> add ? new Add(message) : new Delete(message)).forEach(changes::add);
        lines.add("nft '" + (add ? "add" : "delete") + " element inet lasthop " + set + " { " + words + " }'");
    }

    private static RuleBuilder chain(String name) {
        return RuleBuilder.in(FAMILY, NAME, name);
    }

    private static RuleBuilder named(String chain, MetaKey name, String set) {
        return chain(chain).step(new Load.Meta(1, name)).step(Check.Lookup.in(set, 1));
    }

    private static List<SetElement> interval(Prefix prefix) {
        IpAddress end = prefix.last().plus(1);
        SetElement first = SetElement.of(prefix.first().bytes());
        // behind the last address of all there is nothing: such an interval has no end
        return end.isAny() ? List.of(first) : List.of(first, SetElement.intervalEnd(end.bytes()));
    }

    private static String suffix(Family family) {
        return family == Family.IPV4 ? "4" : "6";
    }

    private static byte[] padded(int port) {
        return new byte[] {(byte) (port >>> 8), (byte) port, 0, 0};
    }

    private static byte[] join(byte[] a, byte[] b) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }
}
