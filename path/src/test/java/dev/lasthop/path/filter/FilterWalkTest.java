package dev.lasthop.path.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.CtKey;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.netlink.nftables.KeyPart;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.MetaKey;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.NftType;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.path.Filtering.Layer;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.PacketState.Tracking;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Recording;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Rules in bytes, packets, outcomes: without a kernel. */
class FilterWalkTest {
    private static final TableFamily INET = TableFamily.INET;
    private final FilterWalk walk = new FilterWalk();

    private static SortedMap<String, Bytes> sources(NftMessage... messages) {
        var sources = new TreeMap<String, List<NetlinkMessage>>();
        for (NftMessage message : messages) {
            String source = switch (message) {
                case TableMessage t -> "nftables/tables";
                case ChainMessage c -> "nftables/chains";
                case SetMessage s -> "nftables/sets";
                case ElementsMessage e -> "nftables/elements";
                default -> "nftables/rules";
            };
            sources.computeIfAbsent(source, s -> new ArrayList<>())
                    .add(new NetlinkMessage(NftType.NEW_TABLE, 0, 0, 0, message.body()));
        }
        var bytes = new TreeMap<String, Bytes>();
        sources.forEach((name, all) -> bytes.put(name, NetlinkMessage.encode(all)));
        return bytes;
    }

    private static NamespaceState state(SortedMap<String, Bytes> sources) {
        return NamespaceState.decode(new Recording(1, "host", sources, new TreeMap<>(), List.of()));
    }

    private static PacketState packet(String from, String to, int port) {
        Flow flow = new Flow(Protocol.TCP, IpAddress.parse(from), 40_000, IpAddress.parse(to), port);
        return new PacketState(
                flow,
                60,
                true,
                64,
                0,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                Optional.empty(),
                Optional.empty(),
                2,
                0,
                0,
                new Tracking(Tracking.State.NEW, false, Optional.of(flow), 0, 0));
    }

    private static ChainMessage base(String name, int hook, int priority, boolean accepts) {
        return ChainMessage.base(
                INET, "t", name, hook == 0 || hook == 4 ? "nat" : "filter", new BaseHook(hook, priority), accepts);
    }

    private static RuleBuilder rule(String chain) {
        return RuleBuilder.in(INET, "t", chain);
    }

    @Test
    void acceptEndsOnlyItsOwnBaseChain() {
        NamespaceState state = state(sources(
                TableMessage.of(INET, "t"),
                base("first", BaseHook.FORWARD, -10, true),
                base("second", BaseHook.FORWARD, 0, false),
                rule("first").accept().build(),
                rule("second").destinationPort(Protocol.TCP, 22).accept().build()));
        HookOutcome web = walk.decide(state, Layer.IP, Hook.FORWARD, packet("10.0.0.1", "10.0.0.2", 80));
        assertThat(web.verdict()).isEqualTo(HookOutcome.Verdict.DROP);
        assertThat(web.decisive().orElseThrow().policy()).isTrue();
        assertThat(web.decisive().orElseThrow().chain()).isEqualTo("second");
        assertThat(web.matched()).extracting(HookOutcome.Decision::action).containsExactly("accept", "policy drop");
        HookOutcome shell = walk.decide(state, Layer.IP, Hook.FORWARD, packet("10.0.0.1", "10.0.0.2", 22));
        assertThat(shell.verdict()).isEqualTo(HookOutcome.Verdict.ACCEPT);
    }

    @Test
    void whatCannotBeKnownCountsOnlyWhereItMatters() {
        NamespaceState same = state(sources(
                TableMessage.of(INET, "t"),
                base("c", BaseHook.OUTPUT, 0, true),
                rule("c")
                        .step(new Load.Meta(1, MetaKey.SOCKET_USER))
                        .step(dev.lasthop.netlink.nftables.Check.Compare.equal(1, RuleBuilder.native32(1000)))
                        .accept()
                        .build()));
        PacketState packet = packet("10.0.0.1", "10.0.0.2", 80);
        assertThat(walk.decide(same, Layer.IP, Hook.OUTPUT, packet).verdict()).isEqualTo(HookOutcome.Verdict.ACCEPT);
        NamespaceState differs = state(sources(
                TableMessage.of(INET, "t"),
                base("c", BaseHook.OUTPUT, 0, true),
                rule("c")
                        .step(new Load.Meta(1, MetaKey.SOCKET_USER))
                        .step(dev.lasthop.netlink.nftables.Check.Compare.equal(1, RuleBuilder.native32(1000)))
                        .drop()
                        .build()));
        HookOutcome outcome = walk.decide(differs, Layer.IP, Hook.OUTPUT, packet);
        assertThat(outcome.verdict()).isEqualTo(HookOutcome.Verdict.UNKNOWN);
        assertThat(outcome.decisive().orElseThrow().text()).isEqualTo("meta skuid 1000 drop");
        // what is forwarded has no sending user
        assertThat(walk.decide(differs, Layer.IP, Hook.FORWARD, packet).verdict())
                .isEqualTo(HookOutcome.Verdict.ACCEPT);
    }

    @Test
    void aPublishedPortByMap() {
        NamespaceState state = state(published());
        HookOutcome outcome = walk.decide(state, Layer.IP, Hook.PREROUTING, packet("192.0.2.9", "192.0.2.1", 8080));
        assertThat(outcome.packet().flow().destination()).isEqualTo(IpAddress.parse("10.0.0.2"));
        assertThat(outcome.packet().flow().destinationPort()).isEqualTo(80);
        assertThat(outcome.nat().orElseThrow().action()).isEqualTo("dnat to 10.0.0.2:80");
        PacketState known = packet("192.0.2.9", "192.0.2.1", 8080);
        PacketState later = known.withTracking(
                new Tracking(Tracking.State.ESTABLISHED, false, known.tracking().original(), 0, 2));
        assertThat(walk.decide(state, Layer.IP, Hook.PREROUTING, later).packet())
                .isEqualTo(later);
    }

    private static SortedMap<String, Bytes> published() {
        byte[] key = {6, 0, 0, 0, 0x1f, (byte) 0x90, 0, 0};
        byte[] data = {10, 0, 0, 2, 0, 80, 0, 0};
        return sources(
                TableMessage.of(INET, "t"),
                base("in", BaseHook.PREROUTING, -100, true),
                base("f", BaseHook.FORWARD, 0, false),
                ChainMessage.of(INET, "t", "other"),
                SetMessage.map(
                        INET,
                        "t",
                        "ports",
                        List.of(FieldType.PROTOCOL, FieldType.PORT),
                        List.of(FieldType.IPV4, FieldType.PORT),
                        0,
                        1),
                ElementsMessage.of(
                                INET,
                                "t",
                                "ports",
                                1,
                                List.of(SetElement.of(key).mappedTo(RuleData.Value.of(data))))
                        .getFirst(),
                rule("in")
                        .destinationNatByMap(Family.IPV4, "ports", 1, KeyPart.PROTOCOL, KeyPart.DESTINATION_PORT)
                        .build(),
                rule("f").state(CtKey.ESTABLISHED | CtKey.RELATED).accept().build(),
                rule("f")
                        .source(Prefix.parse("192.0.2.0/24"))
                        .counter()
                        .jump("other")
                        .build(),
                rule("other").mark(0x10, 0xf0).setMark(3).drop().build(),
                rule("other")
                        .destinationPorts(Protocol.TCP, 80, 90)
                        .comment("web")
                        .accept()
                        .build());
    }

    @Test
    void damagedRecordingsAreRefusedOrFollowed() {
        var random = new Random(4711);
        SortedMap<String, Bytes> whole = published();
        for (int round = 0; round < 3_000; round++) {
            var damaged = new TreeMap<>(whole);
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                String source = List.copyOf(whole.keySet()).get(random.nextInt(whole.size()));
                byte[] bytes = damaged.get(source).toArray();
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                damaged.put(source, Bytes.of(bytes));
            }
            try {
                NamespaceState state = state(damaged);
                for (Hook hook : Hook.values()) {
                    walk.decide(state, Layer.IP, hook, packet("192.0.2.9", "192.0.2.1", 8080));
                }
            } catch (MalformedMessageException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
