package dev.lasthop.netlink.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.netlink.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a program left with a rule, set or table for itself: entries of one byte type, one byte length and a value. The kernel does not
 * read it; the layout is nft's. In rules, tables, chains and elements the comment is entry 0, in sets entry 7.
 */
final class UserData {
    static final int COMMENT = 0;
    static final int SET_COMMENT = 7;

    private static final int LONGEST = 128; // nft takes no longer comment

    private UserData() {}

    static Bytes comment(String text) {
        return entry(COMMENT, text);
    }

    static Bytes entry(int type, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        if (bytes.length >= LONGEST) {
            throw new IllegalArgumentException("a comment has at most 127 bytes: " + text);
        }
        return Bytes.write(
                bytes.length + 3,
                out -> out.put((byte) type).put((byte) (bytes.length + 1)).put(bytes));
    }

    /** The entry's text; empty where there is none, or where the bytes are in another program's layout. */
    static Optional<String> text(Bytes userData, int type) {
        var found = new String[1];
        each(userData, (int t, ByteBuffer value) -> {
            if (t == type) {
                String text = UTF_8.decode(value).toString();
                int end = text.indexOf('\0');
                found[0] = end < 0 ? text : text.substring(0, end);
            }
        });
        return Optional.ofNullable(found[0]);
    }

    private interface Entry {
        void accept(int type, ByteBuffer value);
    }

    private static void each(Bytes userData, Entry entry) {
        ByteBuffer in = userData.read();
        while (in.remaining() >= 2) {
            int type = Byte.toUnsignedInt(in.get());
            int length = Byte.toUnsignedInt(in.get());
            if (length > in.remaining()) {
                return;
            }
            entry.accept(type, in.slice(in.position(), length));
            in.position(in.position() + length);
        }
    }
}
