package dev.lasthop.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What one attribute type means: its name in the kernel's headers, and how its value is written and read. A message's attributes are
 * a table of these, and the table is all the code that the message needs.
 *
 * @param flags added to the type on writing: {@link Attribute#NESTED} or 0
 */
public record Key<T>(int type, int flags, String name, Function<T, Bytes> writer, Function<ByteBuffer, T> reader) {

    public static <T> Key<T> of(int type, String name, Function<T, Bytes> writer, Function<ByteBuffer, T> reader) {
        return new Key<>(type, 0, name, writer, reader);
    }

    public static Key<Integer> u8(int type, String name) {
        return fixed(type, name, 1, (out, v) -> out.put(v.byteValue()), in -> Byte.toUnsignedInt(in.get()));
    }

    public static Key<Integer> u16(int type, String name) {
        return fixed(type, name, 2, (out, v) -> out.putShort(v.shortValue()), in -> Short.toUnsignedInt(in.getShort()));
    }

    /** Network byte order, as ports and Ethernet types are sent. */
    public static Key<Integer> bigEndian16(int type, String name) {
        return fixed(
                type,
                name,
                2,
                (out, v) -> out.order(ByteOrder.BIG_ENDIAN).putShort(v.shortValue()),
                in -> Short.toUnsignedInt(in.order(ByteOrder.BIG_ENDIAN).getShort()));
    }

    public static Key<Integer> u32(int type, String name) {
        return fixed(type, name, Integer.BYTES, ByteBuffer::putInt, ByteBuffer::getInt);
    }

    /** Network byte order, as all of nf_tables' numbers are sent. */
    public static Key<Integer> bigEndian32(int type, String name) {
        return fixed(
                type,
                name,
                Integer.BYTES,
                (out, v) -> out.order(ByteOrder.BIG_ENDIAN).putInt(v),
                in -> in.order(ByteOrder.BIG_ENDIAN).getInt());
    }

    public static Key<Long> u64(int type, String name) {
        return fixed(type, name, Long.BYTES, ByteBuffer::putLong, ByteBuffer::getLong);
    }

    public static Key<Long> bigEndian64(int type, String name) {
        return fixed(
                type,
                name,
                Long.BYTES,
                (out, v) -> out.order(ByteOrder.BIG_ENDIAN).putLong(v),
                in -> in.order(ByteOrder.BIG_ENDIAN).getLong());
    }

    /** UTF-8 with a closing zero. */
    public static Key<String> string(int type, String name) {
        return of(type, name, Key::fromString, Key::toText);
    }

    public static Key<Bytes> bytes(int type, String name) {
        return of(type, name, Function.identity(), in -> Bytes.take(in, in.remaining()));
    }

    /** An attribute that says something by being there. */
    public static Key<Boolean> flag(int type, String name) {
        return of(type, name, value -> Bytes.EMPTY, in -> Boolean.TRUE);
    }

    /** 4 or 16 bytes. */
    public static Key<IpAddress> address(int type, String name) {
        return of(type, name, address -> Bytes.of(address.bytes()), in -> {
            if (in.remaining() != 4 && in.remaining() != 16) {
                throw wrongSize(name, in, "4 or 16");
            }
            return IpAddress.of(array(in));
        });
    }

    public static Key<MacAddress> mac(int type, String name) {
        return of(type, name, mac -> Bytes.of(mac.bytes()), in -> {
            if (in.remaining() != 6) {
                throw wrongSize(name, in, "6");
            }
            return MacAddress.of(array(in));
        });
    }

    /** Attributes within this one. Written without {@code NLA_F_NESTED}, as rtnetlink's older families are. */
    public static Key<Attributes> nested(int type, String name) {
        return of(type, name, Attributes::encode, Attributes::decode);
    }

    /** Attributes within this one, written with {@code NLA_F_NESTED}, as newer families demand. */
    public static Key<Attributes> flaggedNested(int type, String name) {
        return new Key<>(type, Attribute.NESTED, name, Attributes::encode, Attributes::decode);
    }

    /** A value of exactly {@code size} bytes. */
    public static <T> Key<T> fixed(
            int type, String name, int size, BiConsumer<ByteBuffer, T> put, Function<ByteBuffer, T> get) {
        return of(type, name, value -> Bytes.write(size, out -> put.accept(out, value)), in -> {
            if (in.remaining() != size) {
                throw wrongSize(name, in, Integer.toString(size));
            }
            return get.apply(in);
        });
    }

    /** This key with a value. */
    public Attribute to(T value) {
        return new Attribute(type | flags, writer.apply(value));
    }

    T in(Attribute attribute) {
        return reader.apply(attribute.value().read());
    }

    private static MalformedMessageException wrongSize(String name, ByteBuffer in, String wanted) {
        return new MalformedMessageException("%s is %d bytes, not %s".formatted(name, in.remaining(), wanted));
    }

    private static byte[] array(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static Bytes fromString(String s) {
        byte[] bytes = s.getBytes(UTF_8);
        return Bytes.write(bytes.length + 1, out -> out.put(bytes));
    }

    private static String toText(ByteBuffer in) {
        String s = UTF_8.decode(in).toString();
        int end = s.indexOf('\0');
        return end < 0 ? s : s.substring(0, end);
    }
}
