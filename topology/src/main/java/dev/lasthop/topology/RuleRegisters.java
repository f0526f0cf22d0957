package dev.lasthop.topology;

import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.topology.Operand.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a rule's registers hold while it is being written down: something of the packet, or a constant. */
final class RuleRegisters {
    private static final int WORDS = 16; // all registers together

    private final Map<Integer, Operand> operands = new HashMap<>();
    private final Map<Integer, byte[]> constants = new HashMap<>();

    void put(int register, Operand operand) {
        operands.put(slot(register), operand);
        constants.remove(slot(register));
    }

    void constant(int register, byte[] value) {
        constants.put(slot(register), value);
        operands.remove(slot(register));
    }

    boolean isConstant(int register) {
        return constants.containsKey(slot(register));
    }

    boolean isSame(int register, int other) {
        return slot(register) == slot(other)
                || Arrays.equals(constants.get(slot(register)), constants.get(slot(other)));
    }

    Operand operand(int register) {
        return operands.getOrDefault(slot(register), new Operand("reg " + register, Format.HEX));
    }

    /** A constant, or what stands for it. */
    String value(int register, Format format) {
        byte[] constant = constants.get(slot(register));
        return constant == null ? said(operand(register)) : ValueText.of(constant, format);
    }

    /** The operands that stand one behind the other from a register on, for as long as the set's key is. */
    List<Operand> key(int register, Optional<FirewallSet> set) {
        List<FieldType> fields =
                set.map(s -> FieldType.fields(s.definition().keyType())).orElse(List.of());
        int words = Math.min(
                WORDS, set.map(s -> (s.definition().keyLength() + 3) / 4).orElse(1));
        var found = new ArrayList<Operand>();
        for (int at = slot(register); at < slot(register) + words; at++) {
            Operand operand = operands.get(at);
            if (operand != null && (fields.isEmpty() || found.size() < fields.size())) {
                found.add(operand);
            }
        }
        return found.isEmpty() ? List.of(operand(register)) : found;
    }

    static String said(Operand operand) {
        return operand.mask()
                .map(mask -> operand.text() + " & " + ValueText.of(mask, operand.format()))
                .orElse(operand.text());
    }

    /** Registers 1 to 4 are words 8, 12, 16, 20. */
    private static int slot(int register) {
        return register >= 1 && register <= 4 ? 4 + register * 4 : register;
    }
}
