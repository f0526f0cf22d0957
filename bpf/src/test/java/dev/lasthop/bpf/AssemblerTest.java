package dev.lasthop.bpf;

import static dev.lasthop.bpf.Assembler.Register.R0;
import static dev.lasthop.bpf.Assembler.Register.R1;
import static dev.lasthop.bpf.Assembler.Register.R10;
import static dev.lasthop.bpf.Assembler.Register.R2;
import static dev.lasthop.bpf.Assembler.Register.R6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.bpf.Assembler.Condition;
import dev.lasthop.bpf.Assembler.Helper;
import dev.lasthop.bpf.Assembler.Operation;
import dev.lasthop.bpf.Assembler.Size;
import dev.lasthop.linux.KernelException;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssemblerTest {
    private static Assembler program() {
        return new Assembler()
                .load(Size.DOUBLE, R6, R1, 0)
                .store(Size.WORD, R10, -4, 7)
                .wide(R2, 0x1122334455667788L)
                .store(Size.DOUBLE, R10, -16, R2)
                .call(Helper.KTIME_GET_NS)
                .jumpIf(Condition.EQUAL, R0, 0, "out")
                .jumpIfWord(Condition.NOT_EQUAL, R0, -1, "out")
                .move(R2, 5)
                .calculate(Operation.ADD, R2, R0)
                .label("out")
                .move(R0, 0)
                .exit();
    }

    @Test
    void instructionsAreEncodedAndDecoded() {
        byte[] golden = HexFormat.of()
                .parseHex(String.join(
                        "",
                        "7916000000000000", // code, source and destination, offset, immediate: r6 = *(u64 *)(r1 + 0)
                        "620afcff07000000", // *(u32 *)(r10 - 4) = 7
                        "1802000088776655", // r2 = 0x1122334455667788, lower half
                        "0000000044332211", // upper half
                        "7b2af0ff00000000", // *(u64 *)(r10 - 16) = r2
                        "8500000005000000", // call 5
                        "1500030000000000", // if r0 == 0 goto +3
                        "56000200ffffffff", // if w0 != -1 goto +2
                        "b702000005000000", // r2 = 5
                        "0f02000000000000", // r2 += r0
                        "b700000000000000", // r0 = 0
                        "9500000000000000")); // exit
        List<Instruction> instructions = program().instructions();
        assertThat(Instruction.encode(instructions)).isEqualTo(golden);
        assertThat(Instruction.decode(golden)).isEqualTo(instructions);
    }

    @Test
    void anyBytesDecodeAndEncodeToThemselves() {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = new byte[8 * random.nextInt(20)];
            random.nextBytes(bytes);
            assertThat(Instruction.encode(Instruction.decode(bytes))).isEqualTo(bytes);
        }
        assertThatThrownBy(() -> Instruction.decode(new byte[7])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMissingLabelIsNamed() {
        assertThatThrownBy(() -> new Assembler().jump("nowhere").instructions()).hasMessageContaining("nowhere");
        assertThatThrownBy(() -> new Assembler().label("a").label("a")).hasMessageContaining("twice");
    }

    @Test
    @KernelTest
    void bpftoolReadsTheSameProgram() {
        try (var btf = KernelBtf.open(List.of(Btf.tracepointName("kfree_skb")));
                var program = Program.tracepoint(
                        "judged",
                        btf.types().tracepointType("kfree_skb").orElseThrow(),
                        program().instructions())) {
            assertThat(program.fd().raw()).isPositive();
            assertThat(Tool.line("bpftool prog dump xlated name judged"))
                    .contains("r6 = *(u64 *)(r1 +0)")
                    .contains("*(u32 *)(r10 -4) = 7")
                    .contains("r2 = 0x1122334455667788")
                    .contains("*(u64 *)(r10 -16) = r2")
                    .contains("if r0 == 0x0 goto")
                    .contains("if w0 != 0xffffffff goto")
                    .contains("r2 += r0")
                    .contains("exit");
        }
    }

    @Test
    @KernelTest
    void theVerifierSaysWhyNot() {
        try (var btf = KernelBtf.open(List.of(Btf.tracepointName("kfree_skb")))) {
            int type = btf.types().tracepointType("kfree_skb").orElseThrow();
            var bad = new Assembler().load(Size.DOUBLE, R6, R2, 0).move(R0, 0).exit();
            assertThatThrownBy(() -> Program.tracepoint("bad", type, bad.instructions()))
                    .isInstanceOf(KernelException.class)
                    .hasMessage("load the BPF program bad: EACCES: R2 !read_ok (at 0: (79) r6 = *(u64 *)(r2 +0))");
        }
    }
}
