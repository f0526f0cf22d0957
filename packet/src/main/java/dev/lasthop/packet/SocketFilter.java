package dev.lasthop.packet;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A classic BPF program that decides about a socket's packets: how many bytes of each are given, 0 for none.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/networking/filter.html">Linux socket filtering</a>
 */
public record SocketFilter(List<Instruction> instructions) {
    /** {@code struct sock_filter}: what to do, how far to go on if true and if false, an operand of 32 bits. */
    public record Instruction(int code, int ifTrue, int ifFalse, int operand) {}

    private static final int MAXIMUM = 4096; // BPF_MAXINSNS
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int RETURN = 0x06;

    public SocketFilter {
        instructions = List.copyOf(instructions);
        if (instructions.size() > MAXIMUM) {
            throw new IllegalArgumentException("a socket filter has at most %d instructions, not %d: match fewer hosts"
                    .formatted(MAXIMUM, instructions.size()));
        }
    }

    /**
     * A program for a packet socket. Packets whose VLAN tag stands in the frame itself are all let through: where their IP header
     * is differs.
     *
     * @param snaplen how many bytes of a matching packet are given
     */
    public static SocketFilter of(Match match, int snaplen) {
        return new SocketFilter(FilterCompiler.compile(match, snaplen));
    }

    /** A program that refuses everything. */
    public static SocketFilter nothing() {
        return new SocketFilter(List.of(new Instruction(RETURN, 0, 0, 0)));
    }

    /**
     * Attaches it, in place of whichever is attached already.
     *
     * @throws KernelException EINVAL if the kernel finds the program wrong
     */
    public void attach(Fd socket) {
        try (Memory program = Memory.of(encode())) {
            byte[] reference = ByteBuffer.allocate(16) // struct sock_fprog: u16 length, padding, pointer
                    .order(ByteOrder.nativeOrder())
                    .putShort((short) instructions.size())
                    .putLong(8, program.address())
                    .array();
            socket.setOption(SOL_SOCKET, SO_ATTACH_FILTER, reference);
        }
    }

    /** An array of {@code struct sock_filter}: u16, u8, u8, u32. */
    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(8 * instructions.size()).order(ByteOrder.nativeOrder());
        for (Instruction one : instructions) {
            out.putShort((short) one.code())
                    .put((byte) one.ifTrue())
                    .put((byte) one.ifFalse())
                    .putInt(one.operand());
        }
        return out.array();
    }
}
