package dev.lasthop.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One eight-byte slot of a program; a 64-bit constant takes two.
 *
 * @param code operation class, source and operation (BPF_ALU64 | BPF_MOV | BPF_X, …)
 * @param offset of a jump in slots, of a memory access in bytes; signed 16 bits
 * @see <a href="https://docs.kernel.org/bpf/standardization/instruction-set.html">BPF Instruction Set</a>
 */
public record Instruction(int code, int destination, int source, int offset, int immediate) {
    static final int SIZE = 8;

    /** Checks that every part fits its field. */
    public Instruction {
        if (code < 0 || code > 0xff || destination < 0 || destination > 15 || source < 0 || source > 15) {
            throw new IllegalArgumentException(
                    "no such instruction: code " + code + ", registers " + destination + ", " + source);
        }
        if (offset != (short) offset) {
            throw new IllegalArgumentException("the offset " + offset + " does not fit into 16 bits");
        }
    }

    public static byte[] encode(List<Instruction> program) {
        ByteBuffer out = ByteBuffer.allocate(program.size() * SIZE).order(ByteOrder.nativeOrder());
        boolean little = out.order() == ByteOrder.LITTLE_ENDIAN;
        for (Instruction each : program) {
            int registers = little ? each.destination | each.source << 4 : each.destination << 4 | each.source;
            out.put((byte) each.code)
                    .put((byte) registers)
                    .putShort((short) each.offset)
                    .putInt(each.immediate);
        }
        return out.array();
    }

    /** The program that these bytes are. Bytes after the last whole slot are an {@link IllegalArgumentException}. */
    public static List<Instruction> decode(byte[] program) {
        if (program.length % SIZE != 0) {
            throw new IllegalArgumentException(program.length + " bytes are no whole number of instructions");
        }
        ByteBuffer in = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
        boolean little = in.order() == ByteOrder.LITTLE_ENDIAN;
        List<Instruction> result = new ArrayList<>(program.length / SIZE);
        while (in.hasRemaining()) {
            int code = Byte.toUnsignedInt(in.get());
            int low = in.get() & 0xff;
            int destination = little ? low & 15 : low >>> 4;
            int source = little ? low >>> 4 : low & 15;
            result.add(new Instruction(code, destination, source, in.getShort(), in.getInt()));
        }
        return result;
    }
}
