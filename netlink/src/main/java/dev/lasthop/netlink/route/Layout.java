package dev.lasthop.netlink.route;

import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** What all of rtnetlink's messages are made of: a header of fixed size, then attributes. */
final class Layout {
    private Layout() {}

    /** A fixed header of {@code size} bytes written by {@code header}, then the attributes. */
    static Bytes encode(int size, Consumer<ByteBuffer> header, Attributes attributes) {
        Bytes tail = attributes.encode();
        return Bytes.write(size + tail.size(), out -> {
            header.accept(out);
            out.position(size).put(tail.read());
        });
    }

    /** Checks that a header is whole. */
    static void require(ByteBuffer in, int size, String struct) {
        if (in.remaining() < size) {
            throw new MalformedMessageException(
                    "%s cut short: %d bytes, not %d".formatted(struct, in.remaining(), size));
        }
    }

    /** The attributes behind a header, which starts at {@code start} and takes {@code size} bytes. */
    static Attributes tail(ByteBuffer in, int start, int size) {
        return Attributes.decode(in.position(start + size));
    }

    /** These attributes and more. */
    static Attributes joined(Attributes first, Attribute... more) {
        Attributes all = first;
        for (Attribute attribute : more) {
            all = all.with(attribute);
        }
        return all;
    }
}
