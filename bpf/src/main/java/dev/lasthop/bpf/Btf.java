package dev.lasthop.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The kernel's description of its own types, read lazily: one pass over the types finds where each begins and which of them bear
 * the names that are wanted. No string is made and no table of names is built: the kernel has 100,000 of them and a program
 * needs a dozen.
 *
 * <p>Arbitrary bytes give a value or a {@link MalformedBtfException}, here or when a broken type is looked at.
 *
 * @see <a href="https://docs.kernel.org/bpf/btf.html">BPF Type Format</a>
 */
public final class Btf {
    private static final int MAGIC = 0xeb9f;
    private static final int TYPE = 12; // struct btf_type: u32 name_off, info, size_or_type
    private static final int MOST_STEPS = 1 << 20; // of one look-up; broken types can nest without end

    private static final int DEEPEST = 64;

    private final ByteBuffer bytes;
    private final int types;
    private final int typesEnd;
    private final int strings;
    private final int stringsEnd;
    private final int[] starts;
    private final int count;
    private final Map<Name, Integer> found = new HashMap<>();

    /** A type as it is asked for. */
    public record Name(BtfKind kind, String name) {}

    /**
     * Where a member is.
     *
     * @param bitOffset counted from the struct's beginning
     * @param bits its width if it is a bit field, or 0
     */
    public record Member(int bitOffset, int bits, int type) {
        public int offset() {
            return bitOffset / 8;
        }
    }

    /**
     * An argument of a function.
     *
     * @param kind its type's kind, behind typedefs
     * @param name its type's name; of a pointer, the name of what it points to
     */
    public record Argument(BtfKind kind, String name) {}

    private Btf(ByteBuffer source, Collection<Name> wanted) {
        bytes = source.order(ByteOrder.nativeOrder());
        if (bytes.limit() < 24 || Short.toUnsignedInt(bytes.getShort(0)) != MAGIC) {
            throw new MalformedBtfException("it does not begin with its magic number");
        }
        int header = bytes.getInt(4);
        types = section(header, bytes.getInt(8), 0);
        typesEnd = section(types, 0, bytes.getInt(12));
        strings = section(header, bytes.getInt(16), 0);
        stringsEnd = section(strings, 0, bytes.getInt(20));
        int[] into = new int[Math.min((typesEnd - types) / TYPE, 1 << 22) + 1];
        count = new BtfIndex(bytes, types, typesEnd, strings, stringsEnd).starts(into, wanted, found);
        starts = into;
        wanted.forEach(name -> found.putIfAbsent(name, 0));
    }

    /**
     * Reads BTF.
     *
     * @param wanted types that will be asked for: they are found in the first pass
     */
    public static Btf of(byte[] data, Name... wanted) {
        return new Btf(ByteBuffer.wrap(data), List.of(wanted));
    }

    /** Reads BTF in place: the buffer must stay what it is. */
    static Btf of(ByteBuffer data, Collection<Name> wanted) {
        return new Btf(data, wanted);
    }

    /** The number of types, void among them. */
    public int count() {
        return count;
    }

    /** The id of the first type of this kind and name. */
    public OptionalInt find(BtfKind kind, String name) {
        int id = found.computeIfAbsent(new Name(kind, name), this::search);
        return id == 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * Follows a path of members: {@code sk_buff.dev}, {@code net.ns.inum}. Unnamed structs and unions on the way need not be told.
     *
     * @throws NoSuchElementException naming the part that this kernel does not have
     */
    public Member member(String path) {
        String[] parts = path.split("\\.", -1);
        int type = find(BtfKind.STRUCT, parts[0])
                .orElseThrow(() -> new NoSuchElementException("this kernel has no struct " + parts[0]));
        var at = new Member(0, 0, type);
        for (int i = 1; i < parts.length; i++) {
            String name = parts[i];
            Member next = member(at.type, name.getBytes(StandardCharsets.US_ASCII), new int[] {MOST_STEPS}, 0)
                    .orElseThrow(() -> new NoSuchElementException("this kernel's " + path + " has no " + name));
            at = new Member(at.bitOffset + next.bitOffset, next.bits, next.type);
        }
        return at;
    }

    /** Whether there is such a member. */
    public boolean has(String path) {
        try {
            member(path);
            return true;
        } catch (NoSuchElementException _) {
            return false;
        }
    }

    /** The values of an enum by number, or nothing if there is no such enum. The first of several names for one number. */
    public Map<Integer, String> enumValues(String name) {
        var values = new TreeMap<Integer, String>();
        OptionalInt id = find(BtfKind.ENUM, name);
        if (id.isPresent()) {
            int at = start(id.getAsInt());
            int length = length(at);
            for (int i = 0; i < length; i++) {
                int value = at + TYPE + i * 8;
                values.putIfAbsent(word(value + 4), string(word(value)));
            }
        }
        return values;
    }

    /**
     * The arguments that a {@code tp_btf} program on this tracepoint gets, in order.
     *
     * @return empty if the kernel has no such tracepoint
     */
    public Optional<List<Argument>> tracepoint(String name) {
        OptionalInt typedef = tracepointType(name);
        if (typedef.isEmpty()) {
            return Optional.empty();
        }
        int pointer = word(start(typedef.getAsInt()) + 8);
        int prototype = word(start(pointer) + 8);
        int at = start(prototype);
        if (kindAt(at) != BtfKind.FUNC_PROTO) {
            throw new MalformedBtfException("tracepoint " + name + " is no function");
        }
        var arguments = new ArrayList<Argument>();
        int length = length(at);
        for (int i = 1; i < length; i++) { // the first is the kernel's own void *__data
            arguments.add(argument(word(at + TYPE + i * 8 + 4)));
        }
        return Optional.of(List.copyOf(arguments));
    }

    /** The id that a program is attached to a tracepoint by. */
    public OptionalInt tracepointType(String name) {
        return find(BtfKind.TYPEDEF, "btf_trace_" + name);
    }

    /** The type names that {@link #tracepoint} will ask for. */
    static Name tracepointName(String name) {
        return new Name(BtfKind.TYPEDEF, "btf_trace_" + name);
    }

    public BtfKind kind(int type) {
        return type == 0 ? BtfKind.VOID : kindAt(start(type));
    }

    /** The name of a type; empty if it has none. */
    public String name(int type) {
        return type == 0 ? "void" : string(word(start(type)));
    }

    private Argument argument(int type) {
        int plain = plain(type);
        BtfKind kind = kind(plain);
        if (kind != BtfKind.PTR) {
            return new Argument(kind, name(plain));
        }
        return new Argument(kind, name(plain(word(start(plain) + 8))));
    }

    /** Behind typedefs and qualifiers. */
    private int plain(int type) {
        int at = type;
        for (int steps = 0; steps < 64; steps++) {
            switch (kind(at)) {
                case TYPEDEF, CONST, VOLATILE, RESTRICT, TYPE_TAG -> at = word(start(at) + 8);
                default -> {
                    return at;
                }
            }
        }
        throw new MalformedBtfException("type " + type + " is a typedef of itself");
    }

    private Optional<Member> member(int struct, byte[] name, int[] steps, int depth) {
        int id = plain(struct);
        BtfKind kind = kind(id);
        if (kind != BtfKind.STRUCT && kind != BtfKind.UNION) {
            return Optional.empty();
        }
        int at = start(id);
        int length = length(at);
        boolean bitFields = word(at + 4) < 0;
        for (int i = 0; i < length; i++) {
            int member = at + TYPE + i * 12;
            int place = word(member + 8);
            int offset = bitFields ? place & 0xffffff : place;
            if (--steps[0] < 0 || depth > DEEPEST) {
                throw new MalformedBtfException("type " + id + " nests without end");
            }
            if (word(member) != 0) {
                if (bears(word(member), name)) {
                    return Optional.of(new Member(offset, bitFields ? place >>> 24 : 0, word(member + 4)));
                }
            } else {
                Optional<Member> inside = member(word(member + 4), name, steps, depth + 1);
                if (inside.isPresent()) {
                    Member found = inside.get();
                    return Optional.of(new Member(offset + found.bitOffset, found.bits, found.type));
                }
            }
        }
        return Optional.empty();
    }

    private int search(Name name) {
        var result = new HashMap<Name, Integer>();
        new BtfIndex(bytes, types, typesEnd, strings, stringsEnd).starts(new int[count + 1], List.of(name), result);
        return result.getOrDefault(name, 0);
    }

    private int section(int from, int offset, int length) {
        if (from < 0 || offset < 0 || length < 0 || (long) from + offset + length > bytes.limit()) {
            throw new MalformedBtfException(
                    "a section is to end beyond the " + bytes.limit() + " bytes that there are");
        }
        return from + offset + length;
    }

    private int start(int type) {
        if (type <= 0 || type >= count) {
            throw new MalformedBtfException("there is no type " + type);
        }
        return starts[type];
    }

    private BtfKind kindAt(int at) {
        return BtfKind.of(word(at + 4) >>> 24 & 0x1f);
    }

    private int length(int at) {
        return word(at + 4) & 0xffff;
    }

    private int word(int at) {
        if (at < types || at > typesEnd - 4) {
            throw new MalformedBtfException("a type ends beyond its section");
        }
        return bytes.getInt(at);
    }

    private boolean bears(int offset, byte[] name) {
        int at = text(offset);
        if (at + name.length >= stringsEnd) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes.get(at + i) != name[i]) {
                return false;
            }
        }
        return bytes.get(at + name.length) == 0;
    }

    private String string(int offset) {
        int at = text(offset);
        int end = at;
        while (end < stringsEnd && bytes.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - at];
        bytes.get(at, text);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private int text(int offset) {
        if (offset < 0 || offset >= stringsEnd - strings) {
            throw new MalformedBtfException("there is no string at " + offset);
        }
        return strings + offset;
    }
}
