package dev.lasthop.path.filter;

/** nf_tables' registers: 64 bytes, named as four of 16 bytes (1 to 4) or as sixteen of 4 bytes (8 to 23). */
final class Registers {
    private static final int SIZE = 64;
    private static final int WORD = 4;

    private final byte[] bits = new byte[SIZE];
    private final byte[] known = new byte[SIZE];

    /** Stores a value; the rest of its last word becomes 0, as the kernel does it. */
    void store(int register, Value value) {
        int at = offset(register);
        int room = value.length() + WORD - 1 & -WORD;
        for (int i = 0; i < room && at + i < SIZE; i++) {
            boolean inside = i < value.length();
            bits[at + i] = inside ? value.bits()[i] : 0;
            known[at + i] = inside ? value.known()[i] : -1;
        }
    }

    Value load(int register, int length) {
        int at = offset(register);
        Value value = Value.unknown(length);
        int inside = Math.max(0, Math.min(length, SIZE - at));
        System.arraycopy(bits, at, value.bits(), 0, inside);
        System.arraycopy(known, at, value.known(), 0, inside);
        return value;
    }

    private static int offset(int register) {
        int at = register >= 8 ? (register - 8) * WORD : (register - 1) * 16;
        return Math.max(0, Math.min(SIZE, at));
    }
}
