package dev.lasthop.bpf;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Memory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Memory that programs and user space share. It ends with its last descriptor and program. */
public final class BpfMap implements AutoCloseable {
    private static final int NAME_AT = 28;
    private static final int READ_ONLY = 1 << 7; // BPF_F_RDONLY_PROG

    private final Fd fd;
    private final int keySize;
    private final int valueSize;

    /** The kinds of maps that there is a use for; by the kernel's numbers. */
    public enum Type {
        HASH(1),
        ARRAY(2),
        PER_CPU_ARRAY(6),
        LRU_HASH(9),
        RING_BUFFER(27);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private BpfMap(Fd fd, int keySize, int valueSize) {
        this.fd = fd;
        this.keySize = keySize;
        this.valueSize = valueSize;
    }

    /** @param entries how many there is room for; of a ring buffer the bytes, a power of two and a multiple of the page size */
    public static BpfMap create(Type type, String name, int keySize, int valueSize, int entries) {
        try (Memory attributes = BpfCall.MAP_CREATE.attributes()) {
            ByteBuffer out = attributes.bytes();
            out.putInt(type.number).putInt(keySize).putInt(valueSize).putInt(entries);
            BpfCall.name(out, NAME_AT, name);
            long fd = BpfCall.MAP_CREATE.call("create the BPF map " + name, attributes);
            return new BpfMap(Fd.owning(fd), keySize, valueSize);
        }
    }

    /**
     * A text that programs may use as a format and nobody can change. Linux 5.13 is the first to have a use for it.
     *
     * @param text ASCII
     */
    static BpfMap text(String name, String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.US_ASCII);
        try (Memory attributes = BpfCall.MAP_CREATE.attributes();
                Memory freeze = BpfCall.MAP_FREEZE.attributes()) {
            ByteBuffer out = attributes.bytes();
            out.putInt(Type.ARRAY.number)
                    .putInt(Integer.BYTES)
                    .putInt(bytes.length)
                    .putInt(1)
                    .putInt(READ_ONLY);
            BpfCall.name(out, NAME_AT, name);
            Fd fd = Fd.owning(BpfCall.MAP_CREATE.call("create the BPF map " + name, attributes));
            var map = new BpfMap(fd, Integer.BYTES, bytes.length);
            map.put(0, bytes);
            freeze.bytes().putInt(0, fd.raw());
            BpfCall.MAP_FREEZE.call("freeze the BPF map " + name, freeze);
            return map;
        }
    }

    public Fd fd() {
        return fd;
    }

    /** The value of a key of at most eight bytes; empty if there is none. Not for per-CPU maps. */
    public byte[] get(long key) {
        byte[] value = new byte[valueSize];
        try (Memory attributes = BpfCall.MAP_LOOKUP_ELEM.attributes();
                Memory keyMemory = key(key);
                Memory result = new Memory(valueSize)) {
            point(attributes, keyMemory, result);
            if (BpfCall.MAP_LOOKUP_ELEM.attempt(attributes) < 0) {
                return new byte[0];
            }
            result.bytes().get(value);
            return value;
        }
    }

    public void put(long key, byte[] value) {
        if (value.length != valueSize) {
            throw new IllegalArgumentException("a value has " + valueSize + " bytes, not " + value.length);
        }
        try (Memory attributes = BpfCall.MAP_UPDATE_ELEM.attributes();
                Memory keyMemory = key(key);
                Memory memory = Memory.of(value)) {
            point(attributes, keyMemory, memory);
            BpfCall.MAP_UPDATE_ELEM.call("write to a BPF map", attributes);
        }
    }

    private void point(Memory attributes, Memory key, Memory value) {
        attributes.bytes().putInt(0, fd.raw()).putLong(8, key.address()).putLong(16, value.address());
    }

    private Memory key(long key) {
        var memory = new Memory(Long.BYTES);
        if (keySize == Integer.BYTES) {
            memory.bytes().putInt((int) key);
        } else {
            memory.bytes().putLong(key);
        }
        return memory;
    }

    @Override
    public void close() {
        fd.close();
    }
}
