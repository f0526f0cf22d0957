package dev.lasthop.packet;

import dev.lasthop.address.IfIndex;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sees the packets of one network namespace as they pass its devices: an {@code AF_PACKET} socket that was opened there. For one thread
 * at a time; needs CAP_NET_RAW there. Closing it lasts for as long as the kernel's readers do, some milliseconds: {@link Taps} closes
 * many at once.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/packet.7.html">packet(7)</a>
 */
public final class Tap implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int ETH_P_ALL = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_STATISTICS = 6;
    private static final int MOST_AT_ONCE = 8192;

    private final Fd socket;
    private final long namespaceInode;
    private final KernelClock clock;
    private final PacketRing ring;
    private final boolean bound;
    private long dropped;

    /**
     * What a tap is to give.
     *
     * @param device one device, or {@link IfIndex#NONE} for all, also those that appear later
     * @param snaplen how many bytes of each packet
     * @param buffer how many bytes of memory packets wait in: a packet of up to 400 bytes takes 512
     */
    public record Settings(Match match, IfIndex device, int snaplen, int buffer) {
        public static Settings of(Match match) {
            return new Settings(match, IfIndex.NONE, 256, 1 << 19);
        }

        public Settings at(IfIndex one) {
            return new Settings(match, one, snaplen, buffer);
        }

        public Settings withSnaplen(int bytes) {
            return new Settings(match, device, bytes, buffer);
        }
    }

    private Tap(Fd socket, long namespaceInode, KernelClock clock, PacketRing ring, boolean bound) {
        this.socket = socket;
        this.namespaceInode = namespaceInode;
        this.clock = clock;
        this.ring = ring;
        this.bound = bound;
    }

    public static Tap open(NetworkNamespace namespace, Settings settings) {
        return open(namespace, settings, KernelClock.measure());
    }

    /** @throws KernelException EPERM without CAP_NET_RAW, ENODEV if there is no such device */
    public static Tap open(NetworkNamespace namespace, Settings settings, KernelClock clock) {
        // Of no protocol at first: nothing must come before the filter stands.
        Fd socket = namespace.call(() -> Fd.socket(AF_PACKET, Fd.SOCK_RAW | Fd.SOCK_NONBLOCK, 0));
        try {
            SocketFilter.of(settings.match(), settings.snaplen()).attach(socket);
            var ring = new PacketRing(socket, settings.snaplen(), settings.buffer());
            var tap = new Tap(
                    socket, namespace.inode(), clock, ring, !settings.device().isNone());
            socket.bind(address(ETH_P_ALL, settings.device()));
            return tap;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Takes what has come so far, in the order in which it came; does not wait. */
    public List<TappedPacket> drain() {
        List<TappedPacket> packets = new ArrayList<>();
        while (packets.size() < MOST_AT_ONCE) {
            Optional<PacketRing.Frame> frame = ring.take();
            if (frame.isEmpty()) {
                break;
            }
            packets.add(tapped(frame.get()));
        }
        if (bound) {
            socket.option(
                    SOL_SOCKET, SO_ERROR); // that the device went down: would be reported by every poll from now on
        }
        return packets;
    }

    /** How many packets were lost so far because nobody drained this tap. */
    public long dropped() {
        ByteBuffer statistics = ByteBuffer.wrap(socket.option(SOL_PACKET, PACKET_STATISTICS, new byte[8]))
                .order(ByteOrder.nativeOrder());
        dropped += Integer.toUnsignedLong(statistics.getInt(4)); // the kernel's count begins anew with each reading
        return dropped;
    }

    /** For polling together with others. */
    public Fd fd() {
        return socket;
    }

    public long namespaceInode() {
        return namespaceInode;
    }

    @Override
    public void close() {
        if (socket.isOpen()) {
            ring.close();
            socket.close();
        }
    }

    private TappedPacket tapped(PacketRing.Frame given) {
        LinkType link = LinkType.ofHardware(given.hardware());
        byte[] frame = given.bytes().array();
        int length = given.wireLength();
        if (given.tag() != null && link == LinkType.ETHERNET && frame.length >= Ethernet.LENGTH) {
            frame = tagged(frame, given.tag());
            length += 4;
        }
        return new TappedPacket(
                clock.monotonic(given.epochNanos()),
                given.epochNanos(),
                namespaceInode,
                new IfIndex(given.device()),
                PacketType.of(given.type()),
                given.checksumPending(),
                packet(frame, link, length));
    }

    private static Packet packet(byte[] frame, LinkType link, int length) {
        try {
            return Packet.decode(frame, link, length, Set.of(Vxlan.PORT, Vxlan.LINUX_PORT));
        } catch (MalformedPacketException e) { // a device with a link layer that we do not know
            return new Packet(link, List.of(new Payload(Bytes.of(frame))), length);
        }
    }

    /** Puts the VLAN tag, which the kernel keeps beside the frame, back to where it was. */
    private static byte[] tagged(byte[] frame, Ethernet.Tag tag) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) tag.protocol())
                .putShort((short) tag.control())
                .put(frame, 12, frame.length - 12)
                .array();
    }

    /** Where to send a whole frame to, for {@link Fd#sendTo}: out of this device. */
    public static byte[] destination(IfIndex device) {
        return address(0, device);
    }

    /** {@code struct sockaddr_ll}. */
    private static byte[] address(int protocol, IfIndex device) {
        byte[] address = new byte[20];
        ByteBuffer out = ByteBuffer.wrap(address);
        out.order(ByteOrder.nativeOrder()).putShort((short) AF_PACKET);
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) protocol);
        out.order(ByteOrder.nativeOrder()).putInt(device.value());
        return address;
    }
}
