package dev.lasthop.packet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes packets of many devices to one pcapng file. An interface is described in the file when its first packet comes, or earlier
 * by {@link #describe}.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/">pcapng</a>
 */
public final class Pcapng implements AutoCloseable {
    private static final int SECTION = 0x0a0d0d0a;
    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final int APPLICATION = 4; // shb_userappl
    private static final int NAME = 2; // if_name
    private static final int RESOLUTION = 9; // if_tsresol
    private static final int FLAGS = 2; // epb_flags
    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;

    private final OutputStream out;
    private final Map<Key, Integer> interfaces = new HashMap<>();

    private record Key(String name, LinkType link) {}

    /** Begins a file; the stream is closed with this. */
    public Pcapng(OutputStream out) throws IOException {
        this.out = out;
        ByteBuffer body = ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(BYTE_ORDER)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1); // the section's length is not known
        option(body, APPLICATION, "lasthop".getBytes(StandardCharsets.UTF_8));
        block(SECTION, body.putInt(0).flip());
    }

    /** Describes an interface; again does nothing. */
    public void describe(String name, LinkType link) throws IOException {
        number(new Key(name, link));
    }

    /** @param name the interface's: "NAMESPACE/DEVICE" by custom */
    public void write(String name, TappedPacket tapped) throws IOException {
        int number = number(new Key(name, tapped.packet().link()));
        byte[] frame = tapped.packet().encode();
        ByteBuffer body = ByteBuffer.allocate(frame.length + 64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .putInt((int) (tapped.epochNanos() >>> 32))
                .putInt((int) tapped.epochNanos())
                .putInt(frame.length)
                .putInt(tapped.packet().wireLength());
        padded(body, frame);
        body.putShort((short) FLAGS)
                .putShort((short) 4)
                .putInt(tapped.direction() == Direction.IN ? INBOUND : OUTBOUND);
        block(ENHANCED_PACKET, body.putInt(0).flip());
    }

    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private int number(Key key) throws IOException {
        Integer known = interfaces.get(key);
        if (known != null) {
            return known;
        }
        byte[] name = key.name().getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(name.length + 64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) key.link().number())
                .putShort((short) 0)
                .putInt(0); // no limit on the length of a packet
        option(body, NAME, name);
        option(body, RESOLUTION, new byte[] {9}); // 10^-9 s
        block(INTERFACE, body.putInt(0).flip());
        int number = interfaces.size();
        interfaces.put(key, number);
        return number;
    }

    private static void option(ByteBuffer body, int code, byte[] value) {
        body.putShort((short) code).putShort((short) value.length);
        padded(body, value);
    }

    private static void padded(ByteBuffer body, byte[] value) {
        body.put(value).put(new byte[-value.length & 3]);
    }

    /** Type, length, body, length. */
    private void block(int type, ByteBuffer body) throws IOException {
        int length = body.remaining() + 12;
        ByteBuffer block = ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(length)
                .put(body)
                .putInt(length);
        out.write(block.array());
    }
}
