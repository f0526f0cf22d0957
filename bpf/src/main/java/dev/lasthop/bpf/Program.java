package dev.lasthop.bpf;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that the kernel has verified and compiled. Unless attached it does nothing; it ends with its last descriptor and link. */
public final class Program implements AutoCloseable {
    private static final int TRACING = 26; // BPF_PROG_TYPE_TRACING
    private static final int RAW_TRACEPOINT = 23; // BPF_TRACE_RAW_TP
    private static final int LOG_SIZE = 1 << 20;

    private final Fd fd;
    private final String name;

    private Program(Fd fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /**
     * Loads a program for a tracepoint whose arguments it gets as typed pointers ({@code tp_btf}).
     *
     * @param tracepoint the id of its type, {@link Btf#tracepointType}
     * @throws KernelException with the verifier's decisive words if it refuses the program
     */
    public static Program tracepoint(String name, int tracepoint, List<Instruction> instructions) {
        byte[] code = Instruction.encode(instructions);
        try (Memory attributes = BpfCall.PROG_LOAD.attributes();
                Memory program = Memory.of(code);
                Memory license = Memory.of("GPL")) { // the helpers that read the kernel's memory ask for it
            ByteBuffer out = attributes.bytes();
            out.putInt(0, TRACING).putInt(4, instructions.size());
            out.putLong(8, program.address()).putLong(16, license.address());
            BpfCall.name(out, 48, name);
            out.putInt(68, RAW_TRACEPOINT).putInt(108, tracepoint);
            long fd = BpfCall.PROG_LOAD.attempt(attributes);
            if (fd < 0) {
                throw new KernelException("load the BPF program " + name, Errno.of((int) -fd), reason(attributes));
            }
            return new Program(Fd.owning(fd), name);
        }
    }

    /** Runs it on its tracepoint until the link is closed, or the process ends. */
    public Fd attach() {
        try (Memory attributes = BpfCall.RAW_TRACEPOINT_OPEN.attributes()) {
            attributes.bytes().putInt(8, fd.raw());
            return Fd.owning(BpfCall.RAW_TRACEPOINT_OPEN.call("attach the BPF program " + name, attributes));
        }
    }

    public Fd fd() {
        return fd;
    }

    // Verified a second time, only to hear why not: writing the log would slow every good load down.
    private static String reason(Memory attributes) {
        try (Memory log = new Memory(LOG_SIZE)) {
            attributes.bytes().putInt(24, 1).putInt(28, LOG_SIZE).putLong(32, log.address());
            long again = BpfCall.PROG_LOAD.attempt(attributes);
            if (again >= 0) {
                Fd.owning(again).close();
                return "";
            }
            ByteBuffer bytes = log.bytes();
            int end = 0;
            while (end < LOG_SIZE && bytes.get(end) != 0) {
                end++;
            }
            byte[] text = new byte[end];
            bytes.get(text);
            return decisive(new String(text, StandardCharsets.UTF_8));
        }
    }

    /** The line of a verifier's log that says what is wrong, after the instruction that it says it of. */
    static String decisive(String log) {
        String instruction = "";
        String said = "";
        for (String line : log.split("\n")) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("processed ") || text.startsWith(";") || text.startsWith("from ")) {
                continue;
            }
            if (text.matches("\\d+: \\(.*")) {
                instruction = text.replaceAll("\\s+;.*", "");
            } else if (!text.matches("\\d+: R.*|R\\d.*=.*|verification time.*|stack depth.*")) {
                said = text.replaceAll("processed \\d+ insns.*", "");
            }
        }
        return instruction.isEmpty() ? said : said + " (at " + instruction + ")";
    }

    @Override
    public void close() {
        fd.close();
    }
}
