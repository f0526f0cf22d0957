package dev.lasthop.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Room for what {@code recvmsg(2)} gives: bytes, the sender's address, control messages. Made once and used for many messages, by one
 * thread at a time. What it holds is overwritten by the next {@link #receive}.
 */
public final class MessageBuffer implements AutoCloseable {
    public static final int MSG_ERRQUEUE = 0x2000;

    private static final int ADDRESS_ROOM = 128; // struct sockaddr_storage
    private static final int CONTROL_ROOM = 512;
    private static final int NAME_LENGTH =
            8; // struct msghdr on 64 bits: name, name length, iov, iov length, control, ...
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int HEADER = 56;

    private final int dataRoom;
    private final int controlAt;
    private final int dataAt;
    private final int headerAt;
    private final Memory memory;
    private final ByteBuffer bytes;
    private int length;

    /** One control message: {@code struct cmsghdr} and its value, in native order from position 0. */
    public record Control(int level, int type, ByteBuffer value) {}

    /** @param dataRoom how many bytes of each message are kept */
    public MessageBuffer(int dataRoom) {
        this.dataRoom = dataRoom;
        controlAt = ADDRESS_ROOM;
        headerAt = controlAt + CONTROL_ROOM;
        int vectorAt = headerAt + HEADER;
        dataAt = vectorAt + 16;
        memory = new Memory(dataAt + (long) dataRoom);
        bytes = memory.bytes();
        bytes.putLong(headerAt, memory.address());
        bytes.putLong(headerAt + 16, memory.address() + vectorAt);
        bytes.putLong(headerAt + 24, 1);
        bytes.putLong(headerAt + 32, memory.address() + controlAt);
        bytes.putLong(vectorAt, memory.address() + dataAt);
        bytes.putLong(vectorAt + 8, dataRoom);
    }

    /** {@code recvmsg(2)}: the length of the message (with {@link Fd#MSG_TRUNC} also of what did not fit), or minus the error number. */
    public int receive(Fd fd, int flags) {
        bytes.putInt(headerAt + NAME_LENGTH, ADDRESS_ROOM);
        bytes.putLong(headerAt + CONTROL_LENGTH, CONTROL_ROOM);
        bytes.putInt(headerAt + FLAGS, 0);
        int result = (int) Kernel.attempt(SystemCall.RECVMSG, fd.raw(), memory.address() + headerAt, flags);
        length = Math.clamp(result, 0, dataRoom);
        return result;
    }

    /** A copy of the message's bytes, as far as there was room. */
    public byte[] data() {
        byte[] data = new byte[length];
        bytes.get(dataAt, data);
        return data;
    }

    /** The sender, a {@code struct sockaddr_*}; empty where the socket gave none. */
    public byte[] address() {
        byte[] address = new byte[Math.clamp(bytes.getInt(headerAt + NAME_LENGTH), 0, ADDRESS_ROOM)];
        bytes.get(0, address);
        return address;
    }

    /** The control messages, in the kernel's order. */
    public List<Control> controls() {
        List<Control> controls = new ArrayList<>();
        int end = controlAt + Math.clamp(bytes.getLong(headerAt + CONTROL_LENGTH), 0, CONTROL_ROOM);
        int at = controlAt;
        while (end - at >= 16) { // struct cmsghdr: length with header, level, type; the next begins at a multiple of 8
            int size = Math.clamp(bytes.getLong(at), 16, end - at);
            byte[] value = new byte[size - 16];
            bytes.get(at + 16, value);
            controls.add(new Control(
                    bytes.getInt(at + 8),
                    bytes.getInt(at + 12),
                    ByteBuffer.wrap(value).order(ByteOrder.nativeOrder())));
            at += size + 7 & ~7;
        }
        return controls;
    }

    @Override
    public void close() {
        memory.close();
    }
}
