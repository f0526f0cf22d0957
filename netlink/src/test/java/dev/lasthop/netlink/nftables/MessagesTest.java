package dev.lasthop.netlink.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Hex;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.sockdiag.SocketMessage;
import dev.lasthop.netlink.xtables.XtTable;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static NetlinkMessage message(int type, Bytes body) {
        return new NetlinkMessage(type, 0, 0, 0, body);
    }

    @Test
    void aTableInBytes() {
        Bytes golden = Hex.bytes("""
                01 00 00 00               # nfgenmsg: NFPROTO_INET
                06 00 01 00 74 00 00 00   # NFTA_TABLE_NAME "t"
                08 00 02 00 00 00 00 02   # NFTA_TABLE_FLAGS NFT_TABLE_F_OWNER
                08 00 06 00 00 02 78 00   # NFTA_TABLE_USERDATA: comment, 2 bytes, "x"
                """);
        TableMessage table = TableMessage.of(TableFamily.INET, "t", TableMessage.OWNED, "x");
        assertThat(table.body()).isEqualTo(golden);
        TableMessage read = TableMessage.decode(message(NftType.NEW_TABLE, golden));
        assertThat(read).isEqualTo(table);
        assertThat(read.name()).isEqualTo("t");
        assertThat(read.flags()).isEqualTo(TableMessage.OWNED);
        assertThat(read.comment()).isEqualTo("x");
    }

    @Test
    void aBaseChainInBytes() {
        Bytes golden = Hex.bytes("""
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
        assertThat(chain.body()).isEqualTo(golden);
        ChainMessage read = ChainMessage.decode(message(NftType.NEW_CHAIN, golden));
        assertThat(read.hook()).contains(new BaseHook(BaseHook.FORWARD, -100));
        assertThat(read.policy()).hasValue(ChainMessage.POLICY_DROP);
    }

    @Test
    void aRuleInBytes() {
        Bytes golden = Hex.bytes("""
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
        assertThat(rule.body()).isEqualTo(golden);
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
    void aHelperInBytes() {
        Bytes golden = Hex.bytes("""
                01 00 00 00               # nfgenmsg: NFPROTO_INET
                06 00 01 00 74 00 00 00   # NFTA_OBJ_TABLE "t"
                06 00 02 00 68 00 00 00   # NFTA_OBJ_NAME "h"
                08 00 03 00 00 00 00 03   # NFTA_OBJ_TYPE NFT_OBJECT_CT_HELPER
                14 00 04 80               # NFTA_OBJ_DATA, nested
                 08 00 01 00 66 74 70 00  #  NFTA_CT_HELPER_NAME "ftp"
                 05 00 03 00 06 00 00 00  #  NFTA_CT_HELPER_L4PROTO TCP
                """);
        ObjectMessage helper = ObjectMessage.helper(TableFamily.INET, "t", "h", "ftp", Protocol.TCP);
        assertThat(helper.body()).isEqualTo(golden);
        ObjectMessage read = ObjectMessage.decode(message(NftType.NEW_OBJECT, golden));
        assertThat(read).isEqualTo(helper);
        assertThat(read.table()).isEqualTo("t");
        assertThat(read.name()).isEqualTo("h");
        assertThat(read.type()).isEqualTo(ObjectMessage.CT_HELPER);
        assertThat(read.what()).isEqualTo("object inet t h");
    }

    private static final Bytes COUNTING_MAP = Hex.bytes("""
            01 00 00 00               # nfgenmsg: NFPROTO_INET
            06 00 01 00 74 00 00 00   # NFTA_SET_TABLE "t"
            06 00 02 00 6d 00 00 00   # NFTA_SET_NAME "m"
            08 00 03 00 00 00 00 8c   # NFTA_SET_FLAGS: interval, map, concatenation
            08 00 04 00 00 00 03 0d   # NFTA_SET_KEY_TYPE inet_proto (12), inet_service (13)
            08 00 05 00 00 00 00 08   # NFTA_SET_KEY_LEN
            08 00 0a 00 00 00 00 01   # NFTA_SET_ID
            20 00 09 80               # NFTA_SET_DESC, nested
             1c 00 02 80              #  NFTA_SET_DESC_CONCAT, nested
              0c 00 01 80             #   NFTA_LIST_ELEM, nested
               08 00 01 00 00 00 00 01   # NFTA_SET_FIELD_LEN
              0c 00 01 80
               08 00 01 00 00 00 00 02
            08 00 06 00 00 00 00 07   # NFTA_SET_DATA_TYPE ipv4_addr
            08 00 07 00 00 00 00 04   # NFTA_SET_DATA_LEN
            2c 00 11 80               # NFTA_SET_EXPR, nested
             0c 00 01 00 63 6f 75 6e 74 65 72 00   # NFTA_EXPR_NAME "counter"
             1c 00 02 80              #  NFTA_EXPR_DATA, nested
              0c 00 01 00 00 00 00 00 00 00 00 00   # NFTA_COUNTER_BYTES
              0c 00 02 00 00 00 00 00 00 00 00 00   # NFTA_COUNTER_PACKETS
            """);

    @Test
    void aMapThatCountsInBytes() {
        SetMessage map = SetMessage.map(
                        TableFamily.INET,
                        "t",
                        "m",
                        List.of(FieldType.PROTOCOL, FieldType.PORT),
                        List.of(FieldType.IPV4),
                        SetMessage.INTERVAL,
                        1)
                .counting();
        assertThat(map.body()).isEqualTo(COUNTING_MAP);
        SetMessage read = SetMessage.decode(message(NftType.NEW_SET, COUNTING_MAP));
        assertThat(read).isEqualTo(map);
        assertThat(read.fieldLengths()).containsExactly(1, 2);
        assertThat(read.has(SetMessage.MAP | SetMessage.INTERVAL)).isTrue();
        assertThat(read.attributes().get(SetMessage.EXPRESSION).map(Expression::decode))
                .contains(Statement.Counter.ZERO);
    }

    private static final Bytes COUNTED = Hex.bytes("""
            01 00 00 00               # nfgenmsg: NFPROTO_INET
            06 00 01 00 74 00 00 00   # NFTA_SET_ELEM_LIST_TABLE "t"
            06 00 02 00 6d 00 00 00   # NFTA_SET_ELEM_LIST_SET "m"
            6c 00 03 80               # NFTA_SET_ELEM_LIST_ELEMENTS, nested
             68 00 01 80              #  NFTA_LIST_ELEM, nested
              10 00 01 80             #   NFTA_SET_ELEM_KEY, nested
               0c 00 01 00 06 00 00 00 1f 90 00 00   # NFTA_DATA_VALUE tcp . 8080
              10 00 0a 80             #   NFTA_SET_ELEM_KEY_END, nested
               0c 00 01 00 06 00 00 00 1f 9a 00 00   # NFTA_DATA_VALUE tcp . 8090
              0c 00 02 80             #   NFTA_SET_ELEM_DATA, nested
               08 00 01 00 0a 00 00 02   # NFTA_DATA_VALUE 10.0.0.2
              0c 00 06 00 00 06 68 65 6c 6c 6f 00   # NFTA_SET_ELEM_USERDATA: comment, 6 bytes, "hello"
              2c 00 07 80             #   NFTA_SET_ELEM_EXPR, nested
               0c 00 01 00 63 6f 75 6e 74 65 72 00   # NFTA_EXPR_NAME "counter"
               1c 00 02 80            #    NFTA_EXPR_DATA, nested
                0c 00 01 00 00 00 00 00 00 00 01 90   # NFTA_COUNTER_BYTES 400
                0c 00 02 00 00 00 00 00 00 00 00 05   # NFTA_COUNTER_PACKETS 5
            """);

    private static final byte[] TCP_8080 = {6, 0, 0, 0, 0x1f, (byte) 0x90, 0, 0};
    private static final byte[] TCP_8090 = {6, 0, 0, 0, 0x1f, (byte) 0x9a, 0, 0};

    @Test
    void anElementThatCountedInBytes() {
        ElementsMessage read = ElementsMessage.decode(message(NftType.NEW_ELEMENTS, COUNTED));
        assertThat(read.body()).isEqualTo(COUNTED);
        SetElement element = read.elements().getFirst();
        assertThat(element.key()).isEqualTo(Bytes.of(TCP_8080));
        assertThat(element.keyEnd()).isEqualTo(Bytes.of(TCP_8090));
        assertThat(element.data()).contains(RuleData.Value.of((byte) 10, (byte) 0, (byte) 0, (byte) 2));
        assertThat(element.comment()).isEqualTo("hello");
        assertThat(element.counter()).isEqualTo(new Statement.Counter(5, 400));
        SetElement plain = SetElement.of(TCP_8080)
                .upTo(TCP_8090)
                .mappedTo(RuleData.Value.of((byte) 10, (byte) 0, (byte) 0, (byte) 2))
                .commented("hello");
        assertThat(element.attributes().all())
                .startsWith(plain.attributes().all().toArray(new Attribute[0]));
        assertThat(plain.counter()).isEqualTo(Statement.Counter.ZERO);
    }

    @Test
    void aQuestionForAnElementInBytes() {
        SetElement element = ElementsMessage.decode(message(NftType.NEW_ELEMENTS, COUNTED))
                .elements()
                .getFirst();
        assertThat(ElementsMessage.of(NftHeader.of(TableFamily.INET), "t", "m", element.asked())
                        .body())
                .isEqualTo(Hex.bytes("""
                01 00 00 00               # nfgenmsg: NFPROTO_INET
                06 00 01 00 74 00 00 00   # NFTA_SET_ELEM_LIST_TABLE "t"
                06 00 02 00 6d 00 00 00   # NFTA_SET_ELEM_LIST_SET "m"
                28 00 03 80               # NFTA_SET_ELEM_LIST_ELEMENTS, nested
                 24 00 01 80              #  NFTA_LIST_ELEM, nested
                  10 00 01 80             #   NFTA_SET_ELEM_KEY, nested
                   0c 00 01 00 06 00 00 00 1f 90 00 00   # NFTA_DATA_VALUE tcp . 8080
                  10 00 0a 80             #   NFTA_SET_ELEM_KEY_END, nested
                   0c 00 01 00 06 00 00 00 1f 9a 00 00   # NFTA_DATA_VALUE tcp . 8090
                """));
    }

    @Test
    void anyBytesGiveAValueOrSayWhatIsWrong() {
        Bytes rule = RuleBuilder.in(TableFamily.INET, "t", "c")
                .inputName("veth*")
                .source(Prefix.parse("10.0.0.0/22"))
                .destinationPort(Protocol.TCP, 80)
                .state(CtKey.NEW)
                .setMark(1)
                .step(new Extension.Match("conntrack", 3, Bytes.of(new byte[164])))
                .comment("hello")
                .accept()
                .build()
                .body();
        damage(rule, message -> {
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
        damage(rule, message -> TraceEvent.decode(message).isDrop());
        damage(rule, message -> ChainMessage.decode(message).hook());
        damage(rule, message -> TableMessage.decode(message).comment());
        damage(rule, message -> SetMessage.decode(message).fieldLengths());
        damage(rule, message -> SocketMessage.decode(message).isIpv6Only());
        damage(rule, message -> new XtTable(Family.IPV4, Bytes.of(new byte[84]), message.body()).all());
    }

    @Test
    void anyBytesInPlaceOfHelpersSetsAndElements() {
        Bytes helper = ObjectMessage.helper(TableFamily.INET, "t", "h", "ftp", Protocol.TCP)
                .body();
        damage(helper, message -> {
            ObjectMessage read = ObjectMessage.decode(message);
            assertThat(ObjectMessage.decode(message(NftType.NEW_OBJECT, read.body())))
                    .isEqualTo(read);
            read.attributes().get(ObjectMessage.DATA);
            read.attributes().get(ObjectMessage.HANDLE);
            assertThat(read.what() + read.type()).isNotBlank();
        });
        damage(COUNTING_MAP, message -> {
            SetMessage read = SetMessage.decode(message);
            assertThat(SetMessage.decode(message(NftType.NEW_SET, read.body()))).isEqualTo(read);
            read.fieldLengths();
            read.comment();
            read.attributes().get(SetMessage.EXPRESSION).map(Expression::decode);
            assertThat(read.what() + read.keyType() + read.keyLength() + read.dataType() + read.dataLength())
                    .isNotBlank();
        });
        damage(COUNTED, message -> {
            ElementsMessage read = ElementsMessage.decode(message);
            assertThat(ElementsMessage.decode(message(NftType.NEW_ELEMENTS, read.body())))
                    .isEqualTo(read);
            for (SetElement element : read.elements()) {
                element.key();
                element.keyEnd();
                element.data();
                element.counter();
                element.comment();
                element.timeout();
                element.object();
                element.asked();
                assertThat(element.isCatchAll() && element.isIntervalEnd()).isIn(true, false);
            }
        });
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

    private static void damage(Bytes from, Consumer<NetlinkMessage> read) {
        Hex.damage(from, some -> read.accept(message(NftType.NEW_RULE, some)));
    }
}
