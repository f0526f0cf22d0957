package dev.lasthop.netlink.nftables;

import static dev.lasthop.netlink.nftables.KeyPart.DESTINATION_PORT;
import static dev.lasthop.netlink.nftables.KeyPart.PROTOCOL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our transactions, judged by {@code nft}. */
@KernelTest
class TransactionTest {
    private static final byte[] TCP_8080 = {6, 0, 0, 0, 0x1f, (byte) 0x90, 0, 0};
    private static final byte[] TCP_8090 = {6, 0, 0, 0, 0x1f, (byte) 0x9a, 0, 0};

    private NetlinkSocket socket;

    @BeforeEach
    void open() {
        socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    }

    @AfterEach
    void clear() {
        socket.close();
        Tool.run("nft", "flush", "ruleset");
    }

    @Test
    void whatANetworkNeeds() {
        TableFamily inet = TableFamily.INET;
        String table = "lasthop";
        var changes = new Transaction();
        int map = changes.newSetId();
        List<FieldType> key = List.of(FieldType.PROTOCOL, FieldType.PORT);
        changes.create(TableMessage.of(inet, table, 0, "made by lasthop"))
                .create(ChainMessage.base(
                        inet, table, "prerouting", "nat", new BaseHook(BaseHook.PREROUTING, -100), true))
                .create(ChainMessage.base(
                        inet, table, "postrouting", "nat", new BaseHook(BaseHook.POSTROUTING, 100), true))
                .create(ChainMessage.base(inet, table, "forward", "filter", new BaseHook(BaseHook.FORWARD, 0), false))
                .create(ChainMessage.of(inet, table, "isolation"))
                .create(SetMessage.map(inet, table, "ports", key, List.of(FieldType.IPV4, FieldType.PORT), 0, map))
                .createAll(ElementsMessage.of(
                        inet,
                        table,
                        "ports",
                        map,
                        List.of(SetElement.of(
                                        (byte) 6,
                                        (byte) 0,
                                        (byte) 0,
                                        (byte) 0,
                                        (byte) 0x1f,
                                        (byte) 0x90,
                                        (byte) 0,
                                        (byte) 0)
                                .mappedTo(RuleData.Value.of(
                                        (byte) 10, (byte) 0, (byte) 0, (byte) 2, (byte) 0, (byte) 80, (byte) 0,
                                        (byte) 0)))))
                .create(RuleBuilder.in(inet, table, "prerouting")
                        .destinationIsLocal()
                        .destinationNatByMap(Family.IPV4, "ports", map, PROTOCOL, DESTINATION_PORT)
                        .build())
                .create(RuleBuilder.in(inet, table, "postrouting")
                        .source(Prefix.parse("10.0.0.0/22"))
                        .notOutputName("br0")
                        .counter()
                        .masquerade()
                        .comment("out of br0")
                        .build())
                .create(RuleBuilder.in(inet, table, "forward")
                        .state(CtKey.ESTABLISHED | CtKey.RELATED)
                        .accept()
                        .build())
                .create(RuleBuilder.in(inet, table, "forward")
                        .inputName("br0")
                        .outputName("veth*")
                        .jump("isolation")
                        .build())
                .create(RuleBuilder.in(inet, table, "isolation")
                        .source(Prefix.parse("fd00:1::/64"))
                        .destinationPorts(Protocol.TCP, 80, 90)
                        .drop()
                        .build())
                .create(RuleBuilder.in(inet, table, "isolation")
                        .destination(Prefix.parse("10.0.0.0/24"))
                        .destinationPort(Protocol.UDP, 53)
                        .mark(0x10, 0xf0)
                        .setMark(7)
                        .returns()
                        .build())
                .create(RuleBuilder.in(inet, table, "prerouting")
                        .destination(Prefix.parse("192.0.2.1"))
                        .destinationPort(Protocol.TCP, 443)
                        .destinationNat(IpAddress.parse("10.0.0.3"), 8443)
                        .build());
        List<NetlinkMessage> made = changes.commit(socket);

        assertThat(made).hasSize(7);
        assertThat(RuleMessage.decode(made.get(0)).handle()).isPositive();
        assertThat(Tool.run("nft", "list", "ruleset")).isEqualTo("""
                        table inet lasthop {
                        	comment "made by lasthop"
                        	map ports {
                        		type inet_proto . inet_service : ipv4_addr . inet_service
                        		elements = { tcp . 8080 : 10.0.0.2 . 80 }
                        	}

                        	chain prerouting {
                        		type nat hook prerouting priority dstnat; policy accept;
                        		fib daddr type local meta nfproto ipv4 dnat ip to meta l4proto . th dport map @ports
                        		ip daddr 192.0.2.1 tcp dport 443 dnat ip to 10.0.0.3:8443
                        	}

                        	chain postrouting {
                        		type nat hook postrouting priority srcnat; policy accept;
                        		ip saddr 10.0.0.0/22 oifname != "br0" counter packets 0 bytes 0 masquerade comment "out of br0"
                        	}

                        	chain forward {
                        		type filter hook forward priority filter; policy drop;
                        		ct state established,related accept
                        		iifname "br0" oifname "veth*" jump isolation
                        	}

                        	chain isolation {
                        		ip6 saddr fd00:1::/64 tcp dport 80-90 drop
                        		ip daddr 10.0.0.0/24 udp dport 53 meta mark & 0x000000f0 == 0x00000010 meta mark set 0x00000007 return
                        	}
                        }
                        """);
    }

    @Test
    void aRefusalSaysWhichChangeItWasAndNothingChanges() {
        var changes = new Transaction()
                .create(TableMessage.of(TableFamily.IP, "t"))
                .create(ChainMessage.of(TableFamily.IP, "t", "c"))
                .create(RuleBuilder.in(TableFamily.IP, "t", "missing").drop().build())
                .create(RuleBuilder.in(TableFamily.IP, "t", "c").drop().build());
        assertThatThrownBy(() -> changes.commit(socket))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("create rule in chain ip t missing: ENOENT");
        assertThat(Tool.run("nft", "list", "ruleset")).isEmpty();
        assertThat(new Transaction()
                        .create(TableMessage.of(TableFamily.IP, "t"))
                        .commit(socket))
                .isEmpty();
    }

    @Test
    void placesInAChain() {
        Tool.run(
                "nft",
                "add table ip t; add chain ip t c; add rule ip t c tcp dport 1 accept; add rule ip t c tcp dport 2 accept");
        Ruleset before = Ruleset.dump(socket);
        long second = RuleMessage.decode(before.rules().get(1)).handle();
        RuleBuilder rule = RuleBuilder.in(TableFamily.IP, "t", "c").counter();
        new Transaction()
                .insert(rule.build().at(second))
                .insert(RuleBuilder.in(TableFamily.IP, "t", "c").drop().build())
                .commit(socket);
        assertThat(Tool.run("nft", "list", "chain", "ip", "t", "c"))
                .containsSubsequence("drop", "tcp dport 1", "counter", "tcp dport 2");
        new Transaction()
                .replace(RuleBuilder.in(TableFamily.IP, "t", "c")
                        .returns()
                        .build()
                        .replacing(second))
                .commit(socket);
        assertThat(Tool.run("nft", "list", "chain", "ip", "t", "c"))
                .contains("return")
                .doesNotContain("dport 2");
        new Transaction()
                .delete(RuleMessage.named(TableFamily.IP, "t", "c", second))
                .commit(socket);
        assertThat(Tool.run("nft", "list", "chain", "ip", "t", "c")).doesNotContain("return");
        assertThat(Transaction.deleteTable(socket, TableFamily.IP, "t")).isTrue();
        assertThat(Transaction.deleteTable(socket, TableFamily.IP, "t")).isFalse();
    }

    @Test
    void helpersAndWhatCountsAsNftSeesThem() {
        TableFamily inet = TableFamily.INET;
        List<FieldType> key = List.of(FieldType.PROTOCOL, FieldType.PORT);
        List<FieldType> address = List.of(FieldType.IPV4);
        var changes = new Transaction();
        changes.create(TableMessage.of(inet, "t"))
                .create(ObjectMessage.helper(inet, "t", "h", "ftp", Protocol.TCP))
                .create(SetMessage.of(inet, "t", "s", address, 0, changes.newSetId())
                        .counting())
                .create(SetMessage.map(inet, "t", "m", key, address, 0, changes.newSetId())
                        .counting())
                .create(SetMessage.map(inet, "t", "r", key, address, SetMessage.INTERVAL, changes.newSetId())
                        .counting())
                .create(SetMessage.map(inet, "t", "i", address, address, SetMessage.INTERVAL, changes.newSetId()));
        RuleData.Value server = RuleData.Value.of((byte) 10, (byte) 0, (byte) 0, (byte) 2);
        SetElement single = SetElement.of(TCP_8080).mappedTo(server).commented("ours");
        changes.createAll(ElementsMessage.of(inet, "t", "m", 2, List.of(single)));
        changes.createAll(ElementsMessage.of(
                inet,
                "t",
                "r",
                3,
                List.of(SetElement.of(TCP_8080).upTo(TCP_8090).mappedTo(server))));
        changes.createAll(ElementsMessage.of(
                inet,
                "t",
                "i",
                4,
                List.of(
                        SetElement.of(new byte[] {10, 1, 0, 0}).mappedTo(server),
                        SetElement.intervalEnd(new byte[] {10, 2, 0, 0}))));
        try {
            changes.commit(socket);
        } catch (KernelException e) {
            assumeTrue(!e.is(Errno.ENOENT), "this kernel has no helper for FTP: " + e.getMessage());
            throw e;
        }
        String listed = Tool.run("nft", "-j", "list", "ruleset").replaceAll("\"handle\": [0-9]+, ", "");
        assertThat(listed)
                .contains("{\"ct helper\": {\"family\": \"inet\", \"name\": \"h\", \"table\": \"t\","
                        + " \"type\": \"ftp\", \"protocol\": \"tcp\"")
                .contains("{\"set\": {\"family\": \"inet\", \"name\": \"s\", \"table\": \"t\","
                        + " \"type\": \"ipv4_addr\", \"stmt\": [{\"counter\": null}]}}")
                .contains("[{\"elem\": {\"val\": {\"concat\": [\"tcp\", 8080]}, \"comment\": \"ours\","
                        + " \"counter\": {\"packets\": 0, \"bytes\": 0}}}, \"10.0.0.2\"]")
                .contains("{\"concat\": [\"tcp\", {\"range\": [8080, 8090]}]}")
                .contains("[{\"prefix\": {\"addr\": \"10.1.0.0\", \"len\": 16}}, \"10.0.0.2\"]");
        assertThat(Ruleset.dump(socket).objects().stream().map(ObjectMessage::decode))
                .extracting(ObjectMessage::what, ObjectMessage::type)
                .containsExactly(tuple("object inet t h", ObjectMessage.CT_HELPER));

        Tool.run("nft", "add element inet t m { tcp . 81 counter packets 5 bytes 400 : 10.0.0.3 }");
        Tool.run("nft", "add element inet t r { udp . 1000-2000 counter packets 7 bytes 700 : 10.0.0.3 }");
        byte[] tcp81 = {6, 0, 0, 0, 0, 81, 0, 0};
        byte[] udp1000 = {17, 0, 0, 0, 0x03, (byte) 0xe8, 0, 0};
        byte[] udp2000 = {17, 0, 0, 0, 0x07, (byte) 0xd0, 0, 0};
        assertThat(asked("m", SetElement.of(tcp81)).map(SetElement::counter)).contains(new Statement.Counter(5, 400));
        assertThat(asked("m", single).map(SetElement::comment)).contains("ours");
        assertThat(asked("m", single).flatMap(SetElement::data)).contains(server);
        assertThat(asked("r", SetElement.of(udp1000).upTo(udp2000)).map(SetElement::counter))
                .contains(new Statement.Counter(7, 700));
        assertThat(asked("i", SetElement.of(new byte[] {10, 1, 0, 0})).flatMap(SetElement::data))
                .contains(server);
        assertThat(asked("m", SetElement.of(udp1000))).isEmpty();
        assertThat(asked("nowhere", SetElement.of(tcp81))).isEmpty();
        new Transaction()
                .delete(ObjectMessage.helper(inet, "t", "h", "ftp", Protocol.TCP))
                .commit(socket);
        assertThat(Tool.run("nft", "list", "ruleset")).doesNotContain("helper");
    }

    private Optional<SetElement> asked(String set, SetElement element) {
        return Ruleset.element(socket, ElementsMessage.of(NftHeader.of(TableFamily.INET), "t", set, element), element);
    }

    @Test
    void anOwnedTableEndsWithItsSocket() {
        try (NetlinkSocket owner = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            new Transaction()
                    .create(TableMessage.of(TableFamily.INET, "mine", TableMessage.OWNED, ""))
                    .commit(owner);
            assertThat(Tool.run("nft", "list", "tables")).contains("table inet mine");
        }
        assertThat(Tool.run("nft", "list", "tables")).isEmpty();
    }
}
