package dev.lasthop.bpf;

import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.SystemCall;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** {@code bpf(2)}: a command and its {@code union bpf_attr}. */
enum BpfCall {
    MAP_CREATE(0, 72),
    MAP_LOOKUP_ELEM(1, 32),
    MAP_UPDATE_ELEM(2, 32),
    PROG_LOAD(5, 120),
    RAW_TRACEPOINT_OPEN(17, 16),
    MAP_FREEZE(22, 16);

    static final int NAME = 16; // BPF_OBJ_NAME_LEN

    private final int command;
    private final int size;

    BpfCall(int command, int size) {
        this.command = command;
        this.size = size;
    }

    /** Zeroed memory for the call's attributes. */
    Memory attributes() {
        return new Memory(size);
    }

    long call(String operation, Memory attributes) {
        return Kernel.call(operation, SystemCall.BPF, command, attributes.address(), attributes.size());
    }

    /** The result, or minus the error number. */
    long attempt(Memory attributes) {
        return Kernel.attempt(SystemCall.BPF, command, attributes.address(), attributes.size());
    }

    /** Puts an object's name: what the kernel does not like in it becomes an underscore, what is too long is cut. */
    static void name(ByteBuffer attributes, int at, String name) {
        byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < Math.min(NAME - 1, letters.length); i++) {
            boolean plain = Character.isLetterOrDigit(letters[i]) || letters[i] == '_' || letters[i] == '.';
            attributes.put(at + i, plain ? letters[i] : (byte) '_');
        }
    }
}
