package dev.lasthop.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.bpf.KernelSymbols.SymbolPass;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KernelSymbolsTest {
    private static SymbolPass pass(String file, long... addresses) {
        long[] wanted = new long[addresses.length];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = addresses[i] ^ Long.MIN_VALUE;
        }
        var pass = new SymbolPass(wanted);
        byte[] bytes = file.getBytes(StandardCharsets.US_ASCII);
        for (byte b : bytes) { // in the smallest pieces
            pass.take(new byte[] {b}, 1);
        }
        return pass;
    }

    @Test
    void anAddressBelongsToTheNearestCodeBelow() {
        String file = """
                ffffffff81000000 T first
                ffffffff81000100 t second
                ffffffff81000180 d data
                ffffffff81000200 T third
                ffffffffc0000000 t far\t[module]
                """;
        assertThat(pass(
                                file,
                                0xffffffff81000000L,
                                0xffffffff810000ffL,
                                0xffffffff81000190L,
                                0xffffffff81000199L,
                                0xffffffff81000201L,
                                0xffffffffc0000010L)
                        .names())
                .containsExactly("first", "first", "second", "second", "third", "far");
        assertThat(pass(file, 0x1000L, 0xffffffff81000000L).names()).containsExactly("", "first");
    }

    @Test
    void zerosAreNoAddresses() {
        String file = "0000000000000000 T first\n0000000000000000 T second\n";
        assertThat(pass(file, 0xffffffff81000000L).hidden()).isTrue();
    }

    @Test
    @KernelTest
    void theKernelsOwnFileAgrees() {
        String line = Tool.line("grep -m1 -E ^[0-9a-f]{16}.T.ip_rcv$ /proc/kallsyms");
        long address = Long.parseUnsignedLong(line.substring(0, 16), 16);
        var symbols = new KernelSymbols();
        assertThat(symbols.name(address + 1)).contains("ip_rcv");
        assertThat(symbols.hidden()).isFalse();
        assertThat(symbols.name(0)).isEmpty();
    }
}
