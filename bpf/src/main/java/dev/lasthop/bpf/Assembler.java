package dev.lasthop.bpf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a BPF program, instruction by instruction. Registers, sizes and numbers have types of their own: mixing them up does not compile. */
public final class Assembler {
    private static final int WIDE = 0x18; // BPF_LD | BPF_DW | BPF_IMM
    private static final int MAP_FD = 1; // BPF_PSEUDO_MAP_FD
    private static final int MAP_VALUE = 2; // BPF_PSEUDO_MAP_VALUE
    private static final int FROM_REGISTER = 0x08; // BPF_X

    private final List<Line> lines = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    /** R0: results; R1–R5: arguments, lost in calls; R6–R9: kept; R10: the end of the stack, read only. */
    public enum Register {
        R0(0),
        R1(1),
        R2(2),
        R3(3),
        R4(4),
        R5(5),
        R6(6),
        R7(7),
        R8(8),
        R9(9),
        R10(10);

        private final int number;

        Register(int number) {
            this.number = number;
        }
    }

    /** How much of memory an access touches: 1, 2, 4 or 8 bytes. */
    public enum Size {
        BYTE(0x10),
        HALF(0x08),
        WORD(0x00),
        DOUBLE(0x18);

        private final int code;

        Size(int code) {
            this.code = code;
        }
    }

    /** Arithmetic on 64 bits. */
    public enum Operation {
        ADD(0x00),
        SUBTRACT(0x10),
        MULTIPLY(0x20),
        OR(0x40),
        AND(0x50),
        SHIFT_LEFT(0x60),
        SHIFT_RIGHT(0x70),
        XOR(0xa0);

        private final int code;

        Operation(int code) {
            this.code = code;
        }
    }

    /** What a jump depends on. Unsigned unless it says otherwise. */
    public enum Condition {
        EQUAL(0x10),
        GREATER(0x20),
        GREATER_OR_EQUAL(0x30),
        ANY_BIT(0x40),
        NOT_EQUAL(0x50),
        SIGNED_GREATER(0x60),
        LESS(0xa0),
        LESS_OR_EQUAL(0xb0),
        SIGNED_LESS(0xc0);

        private final int code;

        Condition(int code) {
            this.code = code;
        }
    }

    /** Functions of the kernel that a program may call (enum bpf_func_id in include/uapi/linux/bpf.h). */
    public enum Helper {
        MAP_LOOKUP_ELEM(1),
        MAP_UPDATE_ELEM(2),
        MAP_DELETE_ELEM(3),
        KTIME_GET_NS(5),
        GET_SMP_PROCESSOR_ID(8),
        GET_STACK(67),
        PROBE_READ_KERNEL(113),
        PROBE_READ_KERNEL_STR(115),
        RINGBUF_RESERVE(131),
        RINGBUF_SUBMIT(132),
        GET_CURRENT_TASK_BTF(158),
        SNPRINTF(165);

        private final int number;

        Helper(int number) {
            this.number = number;
        }
    }

    private record Line(int code, Register destination, int source, int offset, int immediate, String target) {}

    /** An empty program. */
    public Assembler() {}

    public int size() {
        return lines.size();
    }

    /** Names the place that the next instruction goes to. */
    public Assembler label(String name) {
        if (labels.put(name, lines.size()) != null) {
            throw new IllegalStateException("the label " + name + " is there twice");
        }
        return this;
    }

    public Assembler move(Register to, Register from) {
        return add(0xbf, to, from.number, 0, 0);
    }

    /** Sets a register to a number, its sign extended to 64 bits. */
    public Assembler move(Register to, int value) {
        return add(0xb7, to, 0, 0, value);
    }

    /** Sets a register to a 64-bit number. Two slots. */
    public Assembler wide(Register to, long value) {
        return wide(to, value, 0);
    }

    /** The address of a map, for helpers. Two slots. */
    public Assembler map(Register to, BpfMap map) {
        return wide(to, map.fd().raw(), MAP_FD);
    }

    /** The address of the first value of an array map. Two slots. */
    public Assembler mapValue(Register to, BpfMap map) {
        return wide(to, map.fd().raw(), MAP_VALUE);
    }

    public Assembler calculate(Operation operation, Register to, Register with) {
        return add(0x07 | FROM_REGISTER | operation.code, to, with.number, 0, 0);
    }

    public Assembler calculate(Operation operation, Register to, int with) {
        return add(0x07 | operation.code, to, 0, 0, with);
    }

    public Assembler load(Size size, Register to, Register base, int offset) {
        return add(0x61 | size.code, to, base.number, offset, 0);
    }

    public Assembler store(Size size, Register base, int offset, Register value) {
        return add(0x63 | size.code, base, value.number, offset, 0);
    }

    public Assembler store(Size size, Register base, int offset, int value) {
        return add(0x62 | size.code, base, 0, offset, value);
    }

    /** Adds a register to 64 bits of memory, atomically. */
    public Assembler addAtomically(Register base, int offset, Register value) {
        return add(0xdb, base, value.number, offset, 0);
    }

    public Assembler jump(String label) {
        return jump(0x05, Register.R0, 0, 0, label);
    }

    public Assembler jumpIf(Condition condition, Register left, int right, String label) {
        return jump(0x05 | condition.code, left, 0, right, label);
    }

    public Assembler jumpIf(Condition condition, Register left, Register right, String label) {
        return jump(0x05 | FROM_REGISTER | condition.code, left, right.number, 0, label);
    }

    /** Compares the lower 32 bits: the number's sign is not extended. Linux 5.1. */
    public Assembler jumpIfWord(Condition condition, Register left, int right, String label) {
        return jump(0x06 | condition.code, left, 0, right, label);
    }

    public Assembler call(Helper helper) {
        return add(0x85, Register.R0, 0, 0, helper.number);
    }

    public Assembler exit() {
        return add(0x95, Register.R0, 0, 0, 0);
    }

    /** The program, its labels resolved. */
    public List<Instruction> instructions() {
        List<Instruction> result = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            int offset = line.target.isEmpty() ? line.offset : target(line.target) - i - 1;
            result.add(new Instruction(line.code, line.destination.number, line.source, offset, line.immediate));
        }
        return result;
    }

    private int target(String label) {
        Integer place = labels.get(label);
        if (place == null) {
            throw new IllegalStateException("there is no label " + label);
        }
        return place;
    }

    private Assembler wide(Register to, long value, int meaning) {
        add(WIDE, to, meaning, 0, (int) value);
        return add(0, Register.R0, 0, 0, (int) (value >>> 32));
    }

    private Assembler add(int code, Register destination, int source, int offset, int immediate) {
        lines.add(new Line(code, destination, source, offset, immediate, ""));
        return this;
    }

    private Assembler jump(int code, Register left, int right, int immediate, String label) {
        lines.add(new Line(code, left, right, 0, immediate, label));
        return this;
    }
}
