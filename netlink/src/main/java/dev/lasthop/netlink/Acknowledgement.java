package dev.lasthop.netlink;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads {@code NLMSG_ERROR} and {@code NLMSG_DONE}: the errno, and the extended acknowledgement's text and attribute offset. */
final class Acknowledgement {
    private static final Key<String> MESSAGE = Key.string(1, "NLMSGERR_ATTR_MSG");
    private static final Key<Integer> OFFSET = Key.u32(2, "NLMSGERR_ATTR_OFFS");
    private static final Key<Integer> MISSING_TYPE = Key.u32(5, "NLMSGERR_ATTR_MISS_TYPE");

    private Acknowledgement() {}

    /** The refusal, or null where the kernel agreed. */
    static @Nullable KernelException error(String operation, NetlinkMessage message) {
        ByteBuffer in = message.body().read();
        if (in.remaining() < 4 + NetlinkMessage.HEADER) {
            throw new MalformedMessageException("acknowledgement cut short: %d bytes".formatted(in.remaining()));
        }
        int errno = -in.getInt();
        if (errno == 0) {
            return null;
        }
        int length = in.getInt(in.position());
        boolean capped = (message.flags() & NetlinkMessage.ACK_CAPPED) != 0;
        int echoed = capped ? NetlinkMessage.HEADER : Math.max(NetlinkMessage.HEADER, Attribute.align(length));
        in.position(Math.min(in.limit(), in.position() + echoed));
        boolean extended = (message.flags() & NetlinkMessage.ACK_ATTRIBUTES) != 0;
        return new KernelException(operation, Errno.of(errno), extended ? reason(in) : "");
    }

    static @Nullable KernelException done(String operation, NetlinkMessage message) {
        ByteBuffer in = message.body().read();
        int errno = in.remaining() >= 4 ? -in.getInt() : 0;
        if (errno <= 0) {
            return null;
        }
        boolean extended = (message.flags() & NetlinkMessage.ACK_ATTRIBUTES) != 0;
        return new KernelException(operation, Errno.of(errno), extended ? reason(in) : "");
    }

    private static String reason(ByteBuffer in) {
        Attributes attributes = Attributes.decode(in);
        String text = attributes.get(MESSAGE).orElse("");
        String offset =
                attributes.get(OFFSET).map(at -> "the attribute at byte " + at).orElse("");
        String missing = attributes
                .get(MISSING_TYPE)
                .map(type -> "attribute " + type + " is missing")
                .orElse("");
        return String.join(
                ", ",
                java.util.stream.Stream.of(text, offset, missing)
                        .filter(part -> !part.isEmpty())
                        .toList());
    }
}
