package dev.lasthop.netlink;

import static dev.lasthop.netlink.Hex.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.linux.KernelException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetlinkMessageTest {
    private static final Bytes TWO = bytes("""
            15 00 00 00               # length 21
            12 00                     # type RTM_GETLINK
            05 03                     # flags REQUEST | ACK | DUMP
            07 00 00 00               # sequence
            2a 00 00 00               # port
            01 02 03 04  05 00 00 00  # body, padding
            10 00 00 00  03 00 02 00  # length 16, NLMSG_DONE, NLM_F_MULTI
            07 00 00 00  2a 00 00 00
            """);

    private static final Key<Integer> NUMBER = Key.u32(1, "NUMBER");
    private static final Key<Attributes> NEST = Key.flaggedNested(2, "NEST");

    @Test
    void messagesStandOneBehindTheOther() {
        var first = new NetlinkMessage(18, 0x305, 7, 42, bytes("01 02 03 04 05"));
        var second = new NetlinkMessage(NetlinkMessage.DONE, 2, 7, 42, Bytes.EMPTY);
        assertThat(NetlinkMessage.encode(List.of(first, second))).isEqualTo(TWO);
        assertThat(NetlinkMessage.decode(TWO.read())).containsExactly(first, second);
    }

    @Test
    void aLengthThatCannotBeIsRefused() {
        assertThatThrownBy(() -> NetlinkMessage.decode(bytes("01 02 03").read()))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("message header cut short: 3 bytes left");
        assertThatThrownBy(() -> NetlinkMessage.decode(bytes("0f 00 00 00  12 00 00 00  00 00 00 00  00 00 00 00")
                        .read()))
                .hasMessage("message of type 18 says 15 bytes, 16 are left");
        assertThatThrownBy(() -> NetlinkMessage.decode(bytes("ff ff ff ff  12 00 00 00  00 00 00 00  00 00 00 00")
                        .read()))
                .hasMessageContaining("says 4294967295 bytes");
    }

    @Test
    void anyBytesAreMessagesOrRefused() {
        Hex.damage(TWO, some -> {
            var messages = NetlinkMessage.decode(some.read());
            assertThat(NetlinkMessage.decode(NetlinkMessage.encode(messages).read()))
                    .isEqualTo(messages);
        });
    }

    @Test
    void attributesKeepTheirOrderTheirFlagsAndTheUnknown() {
        Bytes wire = bytes("""
                08 00 01 00  05 00 00 00  # NUMBER 5
                0c 00 02 80               # NEST, NLA_F_NESTED
                08 00 01 00  06 00 00 00  #   NUMBER 6
                05 00 ff 4f  ab 00 00 00  # unknown, NLA_F_NET_BYTEORDER, one byte and padding
                08 00 01 00  07 00 00 00  # NUMBER 7
                """);
        Attributes attributes = Attributes.decode(wire.read());
        assertThat(attributes.encode()).isEqualTo(wire);
        assertThat(attributes.get(NUMBER)).contains(7);
        assertThat(attributes.each(NUMBER)).containsExactly(5, 7);
        assertThat(attributes.get(NEST).flatMap(nest -> nest.get(NUMBER))).contains(6);
        assertThat(Attributes.of(NUMBER.to(5), NEST.to(Attributes.of(NUMBER.to(6))))
                        .encode())
                .isEqualTo(bytes("08 00 01 00 05 00 00 00 0c 00 02 80 08 00 01 00 06 00 00 00"));
    }

    @Test
    void theLastAttributeMayLackItsPadding() {
        assertThat(Attributes.decode(bytes("05 00 07 00 ab").read()).all())
                .containsExactly(new Attribute(7, bytes("ab")));
    }

    @Test
    void aValueOfTheWrongSizeSaysWhichAndHowLong() {
        var three = Attributes.of(new Attribute(1, bytes("01 02 03")));
        assertThatThrownBy(() -> three.get(NUMBER)).hasMessage("NUMBER is 3 bytes, not 4");
        assertThatThrownBy(() -> three.get(Key.address(1, "ADDRESS"))).hasMessage("ADDRESS is 3 bytes, not 4 or 16");
        assertThatThrownBy(() -> three.get(Key.mac(1, "MAC"))).hasMessage("MAC is 3 bytes, not 6");
        assertThatThrownBy(() -> Attributes.decode(bytes("03 00 01 00").read()))
                .hasMessage("attribute 1 says 3 bytes, 4 are left");
    }

    @Test
    void everyKindOfKeyReadsWhatItWrites() {
        assertRoundTrip(Key.u8(1, "U8"), 255, "ff");
        assertRoundTrip(Key.u16(1, "U16"), 0x1234, "34 12");
        assertRoundTrip(Key.bigEndian16(1, "BE16"), 4789, "12 b5");
        assertRoundTrip(Key.u32(1, "U32"), -1, "ff ff ff ff");
        assertRoundTrip(Key.bigEndian32(1, "BE32"), 1, "00 00 00 01");
        assertRoundTrip(Key.u64(1, "U64"), 1L, "01 00 00 00 00 00 00 00");
        assertRoundTrip(Key.bigEndian64(1, "BE64"), 1L, "00 00 00 00 00 00 00 01");
        assertRoundTrip(Key.string(1, "STRING"), "eth0", "65 74 68 30 00");
        assertRoundTrip(Key.flag(1, "FLAG"), true, "");
        assertRoundTrip(Key.address(1, "IP"), IpAddress.parse("192.0.2.1"), "c0 00 02 01");
        assertRoundTrip(Key.mac(1, "MAC"), MacAddress.parse("02:00:00:00:00:01"), "02 00 00 00 00 01");
    }

    private static <T> void assertRoundTrip(Key<T> key, T value, String hex) {
        Attribute attribute = key.to(value);
        assertThat(attribute.value()).as(key.name()).isEqualTo(bytes(hex));
        assertThat(Attributes.of(attribute).get(key)).as(key.name()).contains(value);
    }

    @Test
    void anAttributeTooLongForItsLengthIsNotWritten() {
        assertThatThrownBy(() -> Attributes.of(new Attribute(1, Bytes.of(new byte[0xfffc])))
                        .encode())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long");
    }

    private static final Bytes REFUSAL = bytes("""
            ef ff ff ff                # -EEXIST
            20 00 00 00  10 00 05 06  07 00 00 00  00 00 00 00  # the request's header, capped: its body is left out
            0b 00 01 00  6e 6f 20 6e 65 74 00 00  # NLMSGERR_ATTR_MSG "no net", padding
            08 00 02 00  1c 00 00 00  # NLMSGERR_ATTR_OFFS 28
            """);

    @Test
    void aRefusalSaysWhatTheKernelSaid() {
        var message = new NetlinkMessage(NetlinkMessage.ERROR, 0x300, 7, 0, REFUSAL);
        assertThat(Acknowledgement.error("create x", message))
                .isInstanceOf(KernelException.class)
                .hasMessage("create x: EEXIST: no net, the attribute at byte 28");
        var agreed = new NetlinkMessage(
                NetlinkMessage.ERROR,
                0x100,
                7,
                0,
                bytes("00 00 00 00  20 00 00 00  10 00 05 06  07 00 00 00  00 00 00 00"));
        assertThat(Acknowledgement.error("create x", agreed)).isNull();
    }

    @Test
    void aDamagedRefusalIsARefusalOrMalformed() {
        for (int flags : List.of(0, 0x100, 0x200, 0x300)) {
            Hex.damage(REFUSAL, some -> {
                var message = new NetlinkMessage(NetlinkMessage.ERROR, flags, 7, 0, some);
                Acknowledgement.error("x", message);
                Acknowledgement.done("x", message);
            });
        }
    }
}
