package dev.lasthop.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Mapping;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ring that a packet socket shares with us ({@code TPACKET_V2}): slots of one size, which the kernel fills in turn and we give back
 * in turn. Chosen before {@code recvmsg} for its time stamps: the ring stamps a packet when it writes it, a socket that was opened a
 * moment ago only when the packet is read.
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/networking/packet_mmap.html">packet mmap</a>
 */
final class PacketRing implements AutoCloseable {
    private static final int SOL_PACKET = 263;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_VERSION = 10;
    private static final int TPACKET_V2 = 1;

    private static final int OVERHEAD =
            112; // struct tpacket2_hdr, struct sockaddr_ll, room before the network header, a VLAN tag
    private static final int BLOCK = 1 << 16;

    // struct tpacket2_hdr: u32 status, length, snapped length; u16 MAC, network header; u32 s, ns; u16 VLAN control,
    // VLAN protocol
    private static final int LENGTH = 4;
    private static final int SNAPPED = 8;
    private static final int MAC_HEADER = 12;
    private static final int SECONDS = 16;
    private static final int NANOS = 20;
    private static final int VLAN_CONTROL = 24;
    private static final int VLAN_PROTOCOL = 26;
    // struct sockaddr_ll behind it: u16 family, protocol; int device; u16 hardware type; u8 packet type
    private static final int DEVICE = 32 + 4;
    private static final int HARDWARE = 32 + 8;
    private static final int TYPE = 32 + 10;

    private static final int OURS = 1; // TP_STATUS_USER
    private static final int CHECKSUM_NOT_READY = 1 << 3;
    private static final int VLAN_VALID = 1 << 4;
    private static final int VLAN_PROTOCOL_VALID = 1 << 6;

    private final Mapping mapping;
    private final MemorySegment memory;
    private final int slot;
    private final int slots;
    private int next;

    /** One packet as the kernel gave it. */
    record Frame(
            ByteBuffer bytes,
            int wireLength,
            int device,
            int hardware,
            int type,
            long epochNanos,
            boolean checksumPending,
            Ethernet.@Nullable Tag tag) {}

    /** @param room about how many bytes of memory to take */
    PacketRing(Fd socket, int snaplen, int room) {
        slot = Math.max(256, Integer.highestOneBit(snaplen + OVERHEAD - 1) << 1);
        int block = Math.max(slot, BLOCK);
        int blocks = Math.max(1, room / block);
        slots = blocks * (block / slot);
        socket.setOption(SOL_PACKET, PACKET_VERSION, TPACKET_V2);
        byte[] request = ByteBuffer.allocate(16) // struct tpacket_req
                .order(ByteOrder.nativeOrder())
                .putInt(block)
                .putInt(blocks)
                .putInt(slot)
                .putInt(slots)
                .array();
        socket.setOption(SOL_PACKET, PACKET_RX_RING, request);
        mapping = Mapping.shared(socket, 0, (long) block * blocks, Mapping.READ | Mapping.WRITE);
        memory = mapping.segment();
    }

    /** Takes the next packet out, if there is one. */
    Optional<Frame> take() {
        MemorySegment at = memory.asSlice((long) next * slot, slot);
        int status = at.get(JAVA_INT, 0);
        if ((status & OURS) == 0) {
            return Optional.empty();
        }
        VarHandle.acquireFence(); // the kernel wrote the status last
        Frame frame = frame(at, status);
        VarHandle.releaseFence();
        at.set(JAVA_INT, 0, 0); // TP_STATUS_KERNEL
        next = (next + 1) % slots;
        return Optional.of(frame);
    }

    private Frame frame(MemorySegment at, int status) {
        int start = Short.toUnsignedInt(at.get(JAVA_SHORT, MAC_HEADER));
        int length = Math.clamp(at.get(JAVA_INT, SNAPPED), 0, slot - start);
        byte[] bytes = at.asSlice(start, length).toArray(JAVA_BYTE);
        Ethernet.Tag tag = null;
        if ((status & VLAN_VALID) != 0) {
            int protocol = (status & VLAN_PROTOCOL_VALID) != 0
                    ? Short.toUnsignedInt(at.get(JAVA_SHORT, VLAN_PROTOCOL))
                    : Ethernet.VLAN;
            tag = new Ethernet.Tag(protocol, Short.toUnsignedInt(at.get(JAVA_SHORT, VLAN_CONTROL)));
        }
        return new Frame(
                ByteBuffer.wrap(bytes),
                at.get(JAVA_INT, LENGTH),
                at.get(JAVA_INT, DEVICE),
                Short.toUnsignedInt(at.get(JAVA_SHORT, HARDWARE)),
                Byte.toUnsignedInt(at.get(JAVA_BYTE, TYPE)),
                Integer.toUnsignedLong(at.get(JAVA_INT, SECONDS)) * 1_000_000_000L + at.get(JAVA_INT, NANOS),
                (status & CHECKSUM_NOT_READY) != 0,
                tag);
    }

    @Override
    public void close() {
        mapping.close();
    }
}
