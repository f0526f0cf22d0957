package dev.lasthop.investigation;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.MalformedMessageException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Questions for addresses, and their answers, as DNS has them on the wire.
 *
 * @param id what tells the answer to one question from all others
 * @param isAnswer bit QR
 * @param truncated bit TC: the whole is to be had over TCP
 * @param code RCODE: 0 no error, 2 SERVFAIL, 3 no such name, 5 refused
 * @param name what was asked for, in small letters, without the dot at the end
 * @param type 1 (A) or 28 (AAAA), or whatever the message says
 * @param addresses those of the name, or of the names that it is an alias of
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1035#section-4">RFC 1035, messages</a>
 */
record DnsMessage(
        int id, boolean isAnswer, boolean truncated, int code, String name, int type, List<IpAddress> addresses) {
    static final int NO_ERROR = 0;
    static final int NO_SUCH_NAME = 3;

    private static final int HEADER = 12;
    private static final int TYPE_A = 1;
    private static final int TYPE_CNAME = 5;
    private static final int TYPE_AAAA = 28;
    private static final int CLASS_IN = 1;
    private static final int MOST_LABEL = 63;
    private static final int MOST_NAME = 253;

    DnsMessage {
        addresses = List.copyOf(addresses);
    }

    static int type(Family family) {
        return family == Family.IPV4 ? TYPE_A : TYPE_AAAA;
    }

    /** Whether this can be written as a question: labels of 1 to 63 letters of ASCII, 253 together. */
    static boolean isName(String name) {
        String bare = bare(name);
        return !bare.isEmpty()
                && bare.length() <= MOST_NAME
                && bare.chars().allMatch(c -> c > ' ' && c < 127)
                && Arrays.stream(bare.split("\\.", -1))
                        .allMatch(label -> !label.isEmpty() && label.length() <= MOST_LABEL);
    }

    /** A question for the addresses of a family, with recursion desired. */
    static byte[] question(int id, String name, Family family) {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a host name: " + name);
        }
        var out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(HEADER)
                .putShort((short) id)
                .putShort((short) 0x0100) // RD
                .putShort((short) 1) // one question; no answers, authorities, additions
                .array());
        for (String label : bare(name).split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(0);
        out.writeBytes(ByteBuffer.allocate(4)
                .putShort((short) type(family))
                .putShort((short) CLASS_IN)
                .array());
        return out.toByteArray();
    }

    /** @throws MalformedMessageException if it is no message with one question */
    static DnsMessage decode(byte[] bytes) {
        return new Decoder(bytes).message();
    }

    private static String bare(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return small.endsWith(".") ? small.substring(0, small.length() - 1) : small;
    }

    /** Reads from front to back; names may also point back. */
    private static final class Decoder {
        private final byte[] bytes;
        private int at = HEADER;

        Decoder(byte[] bytes) {
            this.bytes = bytes;
            if (bytes.length < HEADER) {
                throw new MalformedMessageException(
                        "a DNS message has at least " + HEADER + " bytes, not " + bytes.length);
            }
        }

        DnsMessage message() {
            int flags = shortAt(2);
            if (shortAt(4) != 1) {
                throw new MalformedMessageException("a DNS answer repeats one question, not " + shortAt(4));
            }
            String name = name();
            int type = next16();
            next16(); // class
            Set<String> aliases = new HashSet<>(Set.of(name));
            boolean truncated = (flags & 0x0200) != 0;
            List<IpAddress> addresses = truncated ? List.of() : answers(shortAt(6), aliases);
            return new DnsMessage(shortAt(0), (flags & 0x8000) != 0, truncated, flags & 0xf, name, type, addresses);
        }

        /** The addresses among the answers; an alias stands before what it leads to. */
        private List<IpAddress> answers(int count, Set<String> aliases) {
            var addresses = new ArrayList<IpAddress>();
            for (int i = 0; i < count; i++) {
                String owner = name();
                int type = next16();
                int kind = next16();
                at += 4; // time to live
                int length = next16();
                int end = at + length;
                if (end > bytes.length) {
                    throw new MalformedMessageException("DNS answer %d says that it has %d bytes, and %d are left"
                            .formatted(i, length, bytes.length - at));
                }
                if (kind == CLASS_IN && aliases.contains(owner)) {
                    if (type == TYPE_CNAME) {
                        aliases.add(name());
                    } else if (type == TYPE_A && length == 4 || type == TYPE_AAAA && length == 16) {
                        addresses.add(IpAddress.of(Arrays.copyOfRange(bytes, at, end)));
                    }
                }
                at = end;
            }
            return addresses;
        }

        /** A name, which may go on somewhere before; each pointer must lead further back, so there is no loop. */
        private String name() {
            var out = new StringBuilder();
            int position = at;
            int lowest = at;
            boolean jumped = false;
            while (true) {
                int length = byteAt(position);
                if (length == 0) {
                    at = jumped ? at : position + 1;
                    return out.toString();
                }
                if ((length & 0xc0) == 0xc0) {
                    int target = shortAt(position) & 0x3fff;
                    if (target >= lowest) {
                        throw new MalformedMessageException(
                                "a DNS name at %d points forward to %d".formatted(position, target));
                    }
                    at = jumped ? at : position + 2;
                    jumped = true;
                    lowest = target;
                    position = target;
                } else {
                    label(out, position, length);
                    position += 1 + length;
                }
            }
        }

        private void label(StringBuilder out, int position, int length) {
            if (length > MOST_LABEL || position + 1 + length > bytes.length || out.length() + length > MOST_NAME) {
                throw new MalformedMessageException(
                        "a DNS name at %d has a part of %d bytes that does not fit".formatted(position, length));
            }
            if (!out.isEmpty()) {
                out.append('.');
            }
            out.append(new String(bytes, position + 1, length, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT));
        }

        private int next16() {
            int value = shortAt(at);
            at += 2;
            return value;
        }

        private int shortAt(int position) {
            return byteAt(position) << 8 | byteAt(position + 1);
        }

        private int byteAt(int position) {
            if (position < 0 || position >= bytes.length) {
                throw new MalformedMessageException(
                        "a DNS message of " + bytes.length + " bytes is cut short at " + position);
            }
            return Byte.toUnsignedInt(bytes[position]);
        }
    }
}
