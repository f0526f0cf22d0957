package dev.lasthop.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BtfTest {
    private static final String STRINGS =
            "\0int\0packet\0mark\0inner\0deep\0reason\0GOOD\0BAD\0btf_trace_lost\0flags\0";

    /** int; struct packet { int mark; union { struct { int deep; }; }; int flags:3 }; enum reason; typedef of a tracepoint. */
    static byte[] sample() {
        ByteBuffer out = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());
        out.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24); // magic, version, flags, header's length
        out.putInt(0).putInt(0).putInt(0).putInt(0); // offsets and lengths of types and strings: below
        // 1: int
        out.putInt(at("int")).putInt(1 << 24).putInt(4).putInt(32);
        // 2: struct { int deep; }, unnamed
        out.putInt(0).putInt(4 << 24 | 1).putInt(4);
        out.putInt(at("deep")).putInt(1).putInt(0);
        // 3: union { struct 2; }, unnamed
        out.putInt(0).putInt(5 << 24 | 1).putInt(4);
        out.putInt(0).putInt(2).putInt(0);
        // 4: struct packet, with bit fields: width in the upper 8 bits of a member's offset
        out.putInt(at("packet")).putInt(1 << 31 | 4 << 24 | 3).putInt(12);
        out.putInt(at("mark")).putInt(1).putInt(0);
        out.putInt(0).putInt(3).putInt(32);
        out.putInt(at("flags")).putInt(1).putInt(3 << 24 | 64);
        // 5: enum reason { GOOD = 0, BAD = 7 }
        out.putInt(at("reason")).putInt(6 << 24 | 2).putInt(4);
        out.putInt(at("GOOD")).putInt(0).putInt(at("BAD")).putInt(7);
        // 6: void (*)(void *, struct packet *, enum reason) in three steps, 9: its name
        out.putInt(0).putInt(13 << 24 | 3).putInt(0);
        out.putInt(0).putInt(0).putInt(0).putInt(8).putInt(0).putInt(5);
        out.putInt(0).putInt(2 << 24).putInt(6);
        out.putInt(0).putInt(2 << 24).putInt(4);
        out.putInt(at("btf_trace_lost")).putInt(8 << 24).putInt(7);
        int types = out.position() - 24;
        out.put(STRINGS.getBytes(StandardCharsets.US_ASCII));
        out.putInt(12, types).putInt(16, types).putInt(20, STRINGS.length());
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static int at(String name) {
        return STRINGS.indexOf("\0" + name + "\0") + 1;
    }

    @Test
    void membersAreFoundThroughUnnamedStructsAndUnions() {
        Btf btf = Btf.of(sample(), new Btf.Name(BtfKind.STRUCT, "packet"));
        assertThat(btf.count()).isEqualTo(10);
        assertThat(btf.member("packet.mark")).isEqualTo(new Btf.Member(0, 0, 1));
        assertThat(btf.member("packet.deep").offset()).isEqualTo(4);
        assertThat(btf.member("packet.flags")).isEqualTo(new Btf.Member(64, 3, 1));
        assertThat(btf.has("packet.nothing")).isFalse();
        assertThatThrownBy(() -> btf.member("packet.nothing"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("packet.nothing");
    }

    @Test
    void enumsAndTracepointsAreFoundLater() {
        Btf btf = Btf.of(sample());
        assertThat(btf.enumValues("reason")).containsEntry(0, "GOOD").containsEntry(7, "BAD");
        assertThat(btf.enumValues("nothing")).isEmpty();
        assertThat(btf.tracepoint("lost").orElseThrow())
                .containsExactly(new Btf.Argument(BtfKind.PTR, "packet"), new Btf.Argument(BtfKind.ENUM, "reason"));
        assertThat(btf.tracepoint("found")).isEmpty();
    }

    @Test
    void arbitraryBytesGiveAValueOrTheOneException() {
        var random = new Random(20261123);
        byte[] good = sample();
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = good.clone();
            for (int i = random.nextInt(6); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            }
            try {
                Btf btf = Btf.of(bytes, new Btf.Name(BtfKind.STRUCT, "packet"));
                btf.has("packet.mark");
                btf.has("packet.deep");
                btf.has("packet.nothing");
                assertThat(btf.enumValues("reason")).isNotNull();
                assertThat(btf.tracepoint("lost")).isNotNull();
            } catch (MalformedBtfException e) {
                assertThat(e).hasMessageStartingWith("malformed BTF: ");
            }
        }
    }

    @Test
    void aStructInsideItselfEnds() {
        byte[] bytes = sample();
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        // struct 2: its member loses its name and becomes struct 3, which holds struct 2
        int struct2 = 24 + 16;
        view.putInt(struct2 + 12, 0).putInt(struct2 + 16, 3);
        Btf btf = Btf.of(bytes);
        assertThatThrownBy(() -> btf.member("packet.nothing")).isInstanceOf(MalformedBtfException.class);
    }
}
