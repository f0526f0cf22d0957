package dev.lasthop.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The one pass over the types. A type's name is looked at only if its kind is wanted, and then only eight bytes of it: those are
 * the key of a small table of what is wanted. Written for a JVM that has just started and interprets.
 */
final class BtfIndex {
    private static final int TRACE = ByteBuffer.wrap("btf_".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.nativeOrder())
            .getInt();
    private static final int TRACE_LENGTH = "btf_trace_".length();
    private static final int LONGEST_KEY = TRACE_LENGTH + Integer.BYTES;
    private static final int SLOTS = 512; // as many as slot() has values

    // What follows the 12 bytes of a type: so many bytes, and so many for each of its elements. By kind; -1: no such
    // kind.
    private static final int[] EXTRA = {-1, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0};
    private static final int[] EACH = {0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12};

    private final ByteBuffer bytes;
    private final int types;
    private final int typesEnd;
    private final int strings;
    private final int stringsEnd;
    private final boolean[] taken = new boolean[SLOTS];

    BtfIndex(ByteBuffer bytes, int types, int typesEnd, int strings, int stringsEnd) {
        this.bytes = bytes;
        this.types = types;
        this.typesEnd = typesEnd;
        this.strings = strings;
        this.stringsEnd = stringsEnd;
    }

    /** Fills in where each type begins; puts the ids of the first type of each wanted name. Returns the number of types, void among them. */
    int starts(int[] starts, Collection<Btf.Name> wanted, Map<Btf.Name, Integer> found) {
        Map<Btf.Name, byte[]> names = new HashMap<>();
        int kinds = 0;
        for (Btf.Name name : wanted) {
            byte[] text = name.name().getBytes(StandardCharsets.US_ASCII);
            names.put(name, text);
            kinds |= 1 << name.kind().number();
            take(text);
        }
        int id = 1;
        int at = types;
        int last = typesEnd - 12;
        while (at <= last) {
            int info = bytes.getInt(at + 4);
            int kind = info >>> 24 & 0x1f;
            if (kind >= EXTRA.length || EXTRA[kind] < 0) {
                throw new MalformedBtfException("type " + id + " is of the unknown kind " + kind);
            }
            if (id < starts.length) {
                starts[id] = at;
            }
            if ((kinds >>> kind & 1) != 0) {
                look(at, kind, id, names, found);
            }
            id++;
            at += 12 + EXTRA[kind] + EACH[kind] * (info & 0xffff);
        }
        if (at != typesEnd) {
            throw new MalformedBtfException("type " + (id - 1) + " ends beyond the types");
        }
        return id;
    }

    private void look(int at, int kind, int id, Map<Btf.Name, byte[]> names, Map<Btf.Name, Integer> found) {
        int offset = bytes.getInt(at);
        if (offset <= 0 || offset >= stringsEnd - strings) {
            return; // nameless, or broken: whoever asks for that name is told
        }
        int text = strings + offset;
        if (text + LONGEST_KEY <= stringsEnd && !taken[slot(key(text))]) {
            return;
        }
        for (Map.Entry<Btf.Name, byte[]> name : names.entrySet()) {
            if (name.getKey().kind().number() == kind && equal(text, name.getValue())) {
                found.putIfAbsent(name.getKey(), id);
            }
        }
    }

    private boolean equal(int at, byte[] name) {
        if (at + name.length >= stringsEnd || bytes.get(at + name.length) != 0) {
            return false;
        }
        for (int i = name.length - 1; i >= 0; i--) { // names differ at their ends more often
            if (bytes.get(at + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private void take(byte[] name) {
        ByteBuffer text =
                ByteBuffer.allocate(name.length + 1).order(bytes.order()).put(name);
        boolean traced = name.length > 3 && text.getInt(0) == TRACE;
        if (text.limit() < (traced ? LONGEST_KEY : Integer.BYTES)) {
            Arrays.fill(taken, true); // too short for a key: look at every name
        } else {
            taken[slot(text.getInt(traced ? TRACE_LENGTH : 0))] = true;
        }
    }

    // Tracepoints all begin with btf_trace_: for them the next four bytes tell more.
    private int key(int at) {
        int key = bytes.getInt(at);
        return key == TRACE ? bytes.getInt(at + TRACE_LENGTH) : key;
    }

    private static int slot(int key) {
        return key * 0x9e3779b1 >>> 23;
    }
}
