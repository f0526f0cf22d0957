package dev.lasthop.netlink.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.conntrack.ConntrackMessage;
import dev.lasthop.netlink.conntrack.ConntrackStatistics;
import dev.lasthop.netlink.sockdiag.SocketMessage;
import dev.lasthop.netlink.xtables.XtTable;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final int ROUNDS = 2_000;

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("#[^\n]*", "").replaceAll("\\s", ""));
    }

    private static NetlinkMessage message(int type, byte[] body) {
        return new NetlinkMessage(type, 0, 0, 0, Bytes.of(body));
    }

    @Test
    void aTableInBytes() {
        byte[] golden = bytes("""
                01 00 00 00               # nfgenmsg: NFPROTO_INET
                06 00 01 00 74 00 00 00   # NFTA_TABLE_NAME "t"
                08 00 02 00 00 00 00 02   # NFTA_TABLE_FLAGS NFT_TABLE_F_OWNER
                08 00 06 00 00 02 78 00   # NFTA_TABLE_USERDATA: comment, 2 bytes, "x"
                """);
        TableMessage table = TableMessage.of(TableFamily.INET, "t", TableMessage.OWNED, "x");
        assertThat(table.body()).isEqualTo(Bytes.of(golden));
        TableMessage read = TableMessage.decode(message(NftType.NEW_TABLE, golden));
        assertThat(read).isEqualTo(table);
        assertThat(read.name()).isEqualTo("t");
        assertThat(read.flags()).isEqualTo(TableMessage.OWNED);
        assertThat(read.comment()).isEqualTo("x");
    }

    @Test
    void aBaseChainInBytes() {
        byte[] golden = bytes("""
                02 00 00 00               # nfgenmsg: NFPROTO_IPV4
                06 00 01 00 74 00 00 00   # NFTA_CHAIN_TABLE "t"
                06 00 03 00 63 00 00 00   # NFTA_CHAIN_NAME "c"
                14 00 04 80               # NFTA_CHAIN_HOOK, nested
                 08 00 01 00 00 00 00 02  #  NFTA_HOOK_HOOKNUM forward
                 08 00 02 00 ff ff ff 9c  #  NFTA_HOOK_PRIORITY -100
                08 00 05 00 00 00 00 00   # NFTA_CHAIN_POLICY drop
                0b 00 07 00 66 69 6c 74 65 72 00 00   # NFTA_CHAIN_TYPE "filter"
                """);
        ChainMessage chain =
                ChainMessage.base(TableFamily.IP, "t", "c", "filter", new BaseHook(BaseHook.FORWARD, -100), false);
        assertThat(chain.body()).isEqualTo(Bytes.of(golden));
        ChainMessage read = ChainMessage.decode(message(NftType.NEW_CHAIN, golden));
        assertThat(read.hook()).contains(new BaseHook(BaseHook.FORWARD, -100));
        assertThat(read.policy()).hasValue(ChainMessage.POLICY_DROP);
    }

    @Test
    void aRuleInBytes() {
        byte[] golden = bytes("""
                02 00 00 00               # nfgenmsg: NFPROTO_IPV4
                06 00 01 00 74 00 00 00   # NFTA_RULE_TABLE "t"
                06 00 02 00 63 00 00 00   # NFTA_RULE_CHAIN "c"
                34 00 04 80               # NFTA_RULE_EXPRESSIONS, nested
                 30 00 01 80              #  NFTA_LIST_ELEM, nested
                  0e 00 01 00 69 6d 6d 65 64 69 61 74 65 00 00 00   # NFTA_EXPR_NAME "immediate"
                  1c 00 02 80             #   NFTA_EXPR_DATA, nested
                   08 00 01 00 00 00 00 00    # NFTA_IMMEDIATE_DREG: the verdict
                   10 00 02 80                # NFTA_IMMEDIATE_DATA, nested
                    0c 00 02 80               #  NFTA_DATA_VERDICT, nested
                     08 00 01 00 00 00 00 01  #   NFTA_VERDICT_CODE NF_ACCEPT
                """);
        RuleMessage rule = RuleBuilder.in(TableFamily.IP, "t", "c").accept().build();
        assertThat(rule.body()).isEqualTo(Bytes.of(golden));
        assertThat(RuleMessage.decode(message(NftType.NEW_RULE, golden)).expressions())
                .containsExactly(Load.Immediate.verdict(RuleData.Verdict.ACCEPT));
    }

    @Test
    void everyKindOfStepSurvives() {
        List<Expression> all = RuleBuilder.in(TableFamily.INET, "t", "c")
                .inputName("veth*")
                .source(Prefix.parse("10.0.0.0/22"))
                .destinationPort(Protocol.TCP, 80)
                .state(CtKey.NEW)
                .destinationIsLocal()
                .counter()
                .setMark(1)
                .destinationNatByMap(Family.IPV6, "m", 3, KeyPart.DESTINATION_PORT)
                .step(new Check.Limit(5, 1, 5, false, true))
                .step(new Check.Quota(100, 1, 3))
                .step(new Check.ConnectionLimit(3, 1))
                .step(new Statement.Reject(Statement.Reject.ICMPX, 1))
                .step(new Statement.Queue(3, 1, 1, 0))
                .step(new Statement.ObjectReference(1, "x", 0, ""))
                .step(new Translation.Masquerade(4, 1, 0))
                .step(new Translation.Redirect(1, 2, 0))
                .step(new Translation.TransparentProxy(2, 1, 2))
                .step(new Load.NumberGenerator(1, 2, 1, 0))
                .step(new Load.Hash(1, 2, 4, 8, 0, 0, 0))
                .step(new Load.ExtensionHeader(1, 2, 0, 4, 1, 1, 0))
                .step(new Extension.Match("conntrack", 3, Bytes.of(new byte[164])))
                .step(new Expression.Unknown("newer", Attributes.of(RuleData.CODE.to(7))))
                .build()
                .expressions();
        assertThat(Expression.decodeAll(Expression.encodeAll(all))).isEqualTo(all);
    }

    @Test
    void anyBytesGiveAValueOrSayWhatIsWrong() {
        byte[] rule = RuleBuilder.in(TableFamily.INET, "t", "c")
                .inputName("veth*")
                .source(Prefix.parse("10.0.0.0/22"))
                .destinationPort(Protocol.TCP, 80)
                .state(CtKey.NEW)
                .setMark(1)
                .step(new Extension.Match("conntrack", 3, Bytes.of(new byte[164])))
                .comment("hello")
                .accept()
                .build()
                .body()
                .toArray();
        mutate(rule, message -> {
            RuleMessage read = RuleMessage.decode(message);
            read.comment();
            for (Expression expression : read.expressions()) {
                switch (expression) {
                    case Extension.Match match -> MatchSettings.of(match);
                    case Extension.Target target -> TargetSettings.of(target);
                    default -> {}
                }
            }
        });
        mutate(rule, message -> TraceEvent.decode(message).isDrop());
        mutate(rule, message -> ChainMessage.decode(message).hook());
        mutate(rule, message -> TableMessage.decode(message).comment());
        mutate(rule, message -> SetMessage.decode(message).fieldLengths());
        mutate(rule, message -> ElementsMessage.decode(message).elements().forEach(SetElement::data));
        mutate(rule, message -> ConntrackMessage.decode(message).original());
        mutate(rule, message -> ConntrackStatistics.read(List.of(message)));
        mutate(rule, message -> SocketMessage.decode(message).isIpv6Only());
        mutate(rule, message -> new XtTable(Family.IPV4, Bytes.of(new byte[84]), message.body()).all());
    }

    @Test
    void extensionsOfAnyLength() {
        var random = new Random(11);
        for (String name : List.of(
                "comment",
                "conntrack",
                "state",
                "multiport",
                "addrtype",
                "tcp",
                "udp",
                "icmp",
                "mark",
                "connmark",
                "physdev",
                "iprange",
                "limit",
                "mac",
                "length",
                "pkttype",
                "set",
                "DNAT",
                "SNAT",
                "MASQUERADE",
                "REDIRECT",
                "NETMAP",
                "REJECT",
                "MARK",
                "CONNMARK",
                "CT",
                "LOG",
                "NFLOG",
                "NFQUEUE")) {
            for (int round = 0; round < 300; round++) {
                byte[] settings = new byte[random.nextInt(180)];
                random.nextBytes(settings);
                MatchSettings.of(new Extension.Match(name, random.nextInt(5), Bytes.of(settings)));
                TargetSettings.of(new Extension.Target(name, random.nextInt(5), Bytes.of(settings)));
            }
        }
    }

    private static void mutate(byte[] from, Consumer<NetlinkMessage> read) {
        var random = new Random(4711);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] some = Arrays.copyOf(from, random.nextInt(from.length + 1));
            for (int i = random.nextInt(4); i > 0 && some.length > 0; i--) {
                some[random.nextInt(some.length)] = (byte) random.nextInt(256);
            }
            try {
                read.accept(message(NftType.NEW_RULE, some));
            } catch (MalformedMessageException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
