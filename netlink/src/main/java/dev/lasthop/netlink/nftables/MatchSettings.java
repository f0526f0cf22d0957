package dev.lasthop.netlink.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.netlink.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What an x_tables match asks, read from its struct (include/uapi/linux/netfilter/xt_*.h). */
public sealed interface MatchSettings {
    /** A comment, which asks nothing. */
    record Comment(String text) implements MatchSettings {}

    /**
     * The extensions conntrack and state.
     *
     * @param flags {@code XT_CONNTRACK_*}: what is asked
     * @param inverted of those, what is to be otherwise
     * @param states bits of {@link CtKey}; {@link #SNAT} and {@link #DNAT} stand for a translated connection
     * @param status {@code IPS_*}
     * @param originalSource address and mask; of 16 bytes, for IPv4 the first four count
     */
    record Connection(
            int flags,
            int inverted,
            int states,
            int status,
            int protocol,
            Masked originalSource,
            Masked originalDestination,
            Masked replySource,
            Masked replyDestination,
            PortRange originalDestinationPort)
            implements MatchSettings {
        public static final int STATE = 1;
        public static final int PROTOCOL = 2;
        public static final int ORIGINAL_SOURCE = 4;
        public static final int ORIGINAL_DESTINATION = 8;
        public static final int REPLY_SOURCE = 0x10;
        public static final int REPLY_DESTINATION = 0x20;
        public static final int STATUS = 0x40;
        public static final int ORIGINAL_DESTINATION_PORT = 0x200;
        public static final int DIRECTION = 0x1000;

        /** Flags that this program knows. */
        public static final int KNOWN = 0x2000
                | STATE
                | PROTOCOL
                | ORIGINAL_SOURCE
                | ORIGINAL_DESTINATION
                | STATUS
                | ORIGINAL_DESTINATION_PORT
                | DIRECTION;

        public static final int SNAT = 0x40;
        public static final int DNAT = 0x80;
        public static final int UNTRACKED = 0x100;
    }

    /** Bytes and the bits of them that count. */
    record Masked(Bytes value, Bytes mask) {}

    /** Both ends belong to it. */
    record PortRange(int first, int last) {
        public boolean contains(int port) {
            return port >= first && port <= last;
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /** @param which 0 source, 1 destination, 2 either */
    record MultiplePorts(int which, List<PortRange> ports, boolean inverted) implements MatchSettings {
        public MultiplePorts {
            ports = List.copyOf(ports);
        }
    }

    /** Masks have a bit for each {@code RTN_*}; 0 asks nothing. */
    record AddressType(
            int source, int destination, boolean sourceInverted, boolean destinationInverted, boolean in, boolean out)
            implements MatchSettings {}

    /** {@code tcp}, {@code udp} and their like. The option is one of TCP that has to be there; 0 for none. */
    record Ports(
            PortRange source,
            PortRange destination,
            boolean sourceInverted,
            boolean destinationInverted,
            int option,
            int flagsMask,
            int flagsCompare,
            boolean flagsInverted)
            implements MatchSettings {}

    /** ICMP of either family; type 255 is any. */
    record Icmp(int type, int firstCode, int lastCode, boolean inverted) implements MatchSettings {}

    record Mark(int mark, int mask, boolean inverted) implements MatchSettings {}

    record ConnectionMark(int mark, int mask, boolean inverted) implements MatchSettings {}

    /** @param asked {@code XT_PHYSDEV_OP_*}: 1 in, 2 out, 4 bridged, 8 is in, 16 is out */
    record BridgePort(String in, String out, int asked, int inverted) implements MatchSettings {}

    /** @param flags {@code IPRANGE_*}: 1 source, 2 destination, 16 source inverted, 32 destination inverted */
    record AddressRange(Bytes sourceFirst, Bytes sourceLast, Bytes destinationFirst, Bytes destinationLast, int flags)
            implements MatchSettings {
        /** Of the 16 bytes that an address has here, as many as the family has. */
        public static IpAddress address(Bytes bytes, int length) {
            return IpAddress.of(Arrays.copyOf(bytes.toArray(), length));
        }
    }

    record Rate() implements MatchSettings {}

    record SourceMac(MacAddress mac, boolean inverted) implements MatchSettings {}

    /** {@code PACKET_*}: 0 host, 1 broadcast, 2 multicast. */
    record PacketType(int type, boolean inverted) implements MatchSettings {}

    record Length(int first, int last, boolean inverted) implements MatchSettings {}

    /** @param flags 1 source, 2 destination, for each dimension; 0 with old revisions. The set is known by its number only */
    record IpSet(int index, int flags, boolean inverted) implements MatchSettings {}

    /** One that this program cannot read. */
    record Unknown() implements MatchSettings {}

    static MatchSettings of(Extension.Match match) {
        ByteBuffer in = match.settings().read();
        int size = in.remaining();
        return switch (match.extension()) {
            case "comment" -> new Comment(text(in, 0, size));
            case "conntrack" -> size >= 156 && match.revision() >= 1 ? connection(in, match.revision()) : new Unknown();
            case "state" -> size >= 4 ? state(in.getInt(0)) : new Unknown();
            case "multiport" -> size >= 48 && match.revision() == 1 ? multiplePorts(in) : new Unknown();
            case "addrtype" -> size >= 8 ? addressType(in, match.revision(), size) : new Unknown();
            case "tcp" -> size >= 12 ? tcp(in) : new Unknown();
            case "udp", "udplite" -> size >= 9 ? udp(in) : new Unknown();
            case "icmp", "icmp6" ->
                size >= 4 ? new Icmp(u8(in, 0), u8(in, 1), u8(in, 2), (u8(in, 3) & 1) != 0) : new Unknown();
            case "mark" ->
                size >= 9 && match.revision() == 1
                        ? new Mark(in.getInt(0), in.getInt(4), u8(in, 8) != 0)
                        : new Unknown();
            case "connmark" ->
                size >= 9 && match.revision() == 1
                        ? new ConnectionMark(in.getInt(0), in.getInt(4), u8(in, 8) != 0)
                        : new Unknown();
            case "physdev" ->
                size >= 66 ? new BridgePort(text(in, 0, 16), text(in, 32, 16), u8(in, 65), u8(in, 64)) : new Unknown();
            case "iprange" ->
                size >= 65 && match.revision() == 1
                        ? new AddressRange(bytes(in, 0), bytes(in, 16), bytes(in, 32), bytes(in, 48), u8(in, 64))
                        : new Unknown();
            case "limit", "hashlimit" -> new Rate();
            case "mac" -> size >= 12 ? new SourceMac(mac(in), in.getInt(8) != 0) : new Unknown();
            case "pkttype" -> size >= 8 ? new PacketType(in.getInt(0), in.getInt(4) != 0) : new Unknown();
            case "length" -> size >= 5 ? new Length(u16(in, 0), u16(in, 2), u8(in, 4) != 0) : new Unknown();
            case "set" ->
                size >= 4 && match.revision() >= 1
                        ? new IpSet(u16(in, 0), u8(in, 2), (u8(in, 3) & 4) != 0)
                        : new Unknown();
            default -> new Unknown();
        };
    }

    /** As {@code state} has it: UNTRACKED has another bit there. */
    private static Connection state(int mask) {
        int states = mask & 0xf | ((mask & 0x40) != 0 ? Connection.UNTRACKED : 0);
        Masked none = new Masked(Bytes.EMPTY, Bytes.EMPTY);
        return new Connection(Connection.STATE, 0, states, 0, 0, none, none, none, none, new PortRange(0, 0));
    }

    private static Connection connection(ByteBuffer in, int revision) {
        int flags = u16(in, 146);
        int inverted = u16(in, 148);
        int states = revision == 1 ? u8(in, 150) : u16(in, 150);
        int status = revision == 1 ? u8(in, 151) : u16(in, 152);
        int firstPort = u16(in, 140);
        int lastPort = revision >= 3 && in.limit() >= 158 ? u16(in, 156) : firstPort;
        // before revision 3 ports were in network order
        PortRange port = revision >= 3
                ? new PortRange(firstPort, lastPort)
                : new PortRange(
                        Short.toUnsignedInt(Short.reverseBytes((short) firstPort)),
                        0xffff & Short.reverseBytes((short) firstPort));
        return new Connection(
                flags,
                inverted,
                states,
                status,
                u16(in, 136),
                new Masked(bytes(in, 0), bytes(in, 16)),
                new Masked(bytes(in, 32), bytes(in, 48)),
                new Masked(bytes(in, 64), bytes(in, 80)),
                new Masked(bytes(in, 96), bytes(in, 112)),
                port);
    }

    private static MultiplePorts multiplePorts(ByteBuffer in) {
        var ports = new ArrayList<PortRange>();
        int count = Math.min(15, u8(in, 1));
        for (int i = 0; i < count; i++) {
            int first = u16(in, 2 + 2 * i);
            boolean range = u8(in, 32 + i) != 0 && i + 1 < count;
            ports.add(new PortRange(first, range ? u16(in, 4 + 2 * i) : first));
            i += range ? 1 : 0;
        }
        return new MultiplePorts(u8(in, 0), ports, u8(in, 47) != 0);
    }

    private static MatchSettings addressType(ByteBuffer in, int revision, int size) {
        int source = u16(in, 0);
        int destination = u16(in, 2);
        if (revision == 0) {
            return size >= 12
                    ? new AddressType(source, destination, in.getInt(4) != 0, in.getInt(8) != 0, false, false)
                    : new Unknown();
        }
        int flags = in.getInt(4);
        return new AddressType(
                source, destination, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0);
    }

    private static Ports tcp(ByteBuffer in) {
        int inverted = u8(in, 11);
        return new Ports(
                new PortRange(u16(in, 0), u16(in, 2)),
                new PortRange(u16(in, 4), u16(in, 6)),
                (inverted & 1) != 0,
                (inverted & 2) != 0,
                u8(in, 8),
                u8(in, 9),
                u8(in, 10),
                (inverted & 4) != 0);
    }

    private static Ports udp(ByteBuffer in) {
        int inverted = u8(in, 8);
        return new Ports(
                new PortRange(u16(in, 0), u16(in, 2)),
                new PortRange(u16(in, 4), u16(in, 6)),
                (inverted & 1) != 0,
                (inverted & 2) != 0,
                0,
                0,
                0,
                false);
    }

    private static MacAddress mac(ByteBuffer in) {
        byte[] bytes = new byte[6];
        in.get(0, bytes);
        return MacAddress.of(bytes);
    }

    private static int u8(ByteBuffer in, int at) {
        return Byte.toUnsignedInt(in.get(at));
    }

    private static int u16(ByteBuffer in, int at) {
        return Short.toUnsignedInt(in.order(ByteOrder.nativeOrder()).getShort(at));
    }

    private static Bytes bytes(ByteBuffer in, int at) {
        return Bytes.take(in.slice(at, 16), 16);
    }

    private static String text(ByteBuffer in, int at, int length) {
        byte[] bytes = new byte[length];
        in.get(at, bytes);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, UTF_8);
    }
}
