package dev.lasthop.netlink.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.IpAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** What an x_tables target does, read from its struct (include/uapi/linux/netfilter*, xt_*.h, ipt_*.h, ip6t_*.h). */
public sealed interface TargetSettings {
    /**
     * {@code DNAT}, {@code SNAT}, {@code MASQUERADE}, {@code REDIRECT}, {@code NETMAP}.
     *
     * @param flags {@code NF_NAT_RANGE_*}
     * @param minimum empty where the address stays (or, for MASQUERADE and REDIRECT, is an interface's)
     * @param firstPort 0 where the port stays
     */
    record Translate(
            Kind kind, int flags, Optional<IpAddress> minimum, Optional<IpAddress> maximum, int firstPort, int lastPort)
            implements TargetSettings {}

    /** How addresses are changed. */
    enum Kind {
        SOURCE,
        DESTINATION,
        MASQUERADE,
        REDIRECT,
        NETMAP
    }

    /** @param with {@code enum ipt_reject_with} or {@code enum ip6t_reject_with} */
    record Reject(int with) implements TargetSettings {}

    /** {@code mark = mark & ~mask ^ mark}. */
    record SetMark(int mark, int mask) implements TargetSettings {}

    /** @param mode 0 set the connection's, 1 save the packet's there, 2 restore it from there */
    record ConnectionMark(int mark, int connectionMask, int packetMask, int mode) implements TargetSettings {}

    record NoTracking() implements TargetSettings {}

    record Log(String prefix) implements TargetSettings {}

    record Queue(int number, boolean bypass) implements TargetSettings {}

    /** Decides nothing, and changes nothing that later rules ask. */
    record Indifferent() implements TargetSettings {}

    /** One that this program cannot read. */
    record Unknown() implements TargetSettings {}

    int MAP_ADDRESSES = 1; // NF_NAT_RANGE_MAP_IPS
    int MAP_PORTS = 2; // NF_NAT_RANGE_PROTO_SPECIFIED

    static TargetSettings of(Extension.Target target) {
        ByteBuffer in = target.settings().read();
        int size = in.remaining();
        return switch (target.extension()) {
            case "DNAT" -> translate(Kind.DESTINATION, in);
            case "SNAT" -> translate(Kind.SOURCE, in);
            case "MASQUERADE" -> translate(Kind.MASQUERADE, in);
            case "REDIRECT" -> translate(Kind.REDIRECT, in);
            case "NETMAP" -> translate(Kind.NETMAP, in);
            case "REJECT" -> size >= 4 ? new Reject(in.getInt(0)) : new Unknown();
            case "MARK" ->
                size >= 8 && target.revision() == 2 ? new SetMark(in.getInt(0), in.getInt(4)) : new Unknown();
            case "CONNMARK" ->
                size >= 13 && target.revision() >= 1
                        ? new ConnectionMark(in.getInt(0), in.getInt(4), in.getInt(8), in.get(12))
                        : new Unknown();
            case "CT" -> size >= 2 && (in.getShort(0) & 1) != 0 ? new NoTracking() : new Indifferent();
            case "NOTRACK" -> new NoTracking();
            case "LOG" -> new Log(size >= 32 ? text(in, 2, 30) : "");
            case "NFLOG" -> new Log(size >= 80 ? text(in, 16, 64) : "");
            case "NFQUEUE" ->
                size >= 2
                        ? new Queue(Short.toUnsignedInt(in.getShort(0)), size >= 6 && (in.getShort(4) & 1) != 0)
                        : new Unknown();
            case "TRACE",
                    "TCPMSS",
                    "TCPOPTSTRIP",
                    "CHECKSUM",
                    "CLASSIFY",
                    "DSCP",
                    "TOS",
                    "SET",
                    "TTL",
                    "HL",
                    "TEE",
                    "AUDIT",
                    "LED",
                    "IDLETIMER",
                    "RATEEST",
                    "SECMARK",
                    "CONNSECMARK",
                    "ECN" -> new Indifferent();
            default -> new Unknown();
        };
    }

    /** The struct is one of three, told apart by its length: the IPv4-only one, the one for both, and that with a base port. */
    private static TargetSettings translate(Kind kind, ByteBuffer in) {
        int size = in.remaining();
        if (size >= 20 && size < 40) { // struct nf_nat_ipv4_multi_range_compat: a count, then one range
            int flags = in.getInt(4);
            return range(kind, flags, address(in, 8, 4, flags), address(in, 12, 4, flags), port(in, 16), port(in, 18));
        }
        if (size >= 40) { // struct nf_nat_range
            int flags = in.getInt(0);
            int length = isIpv4(in) ? 4 : 16; // the field has room for either; IPv4 uses the first four bytes
            return range(
                    kind,
                    flags,
                    address(in, 4, length, flags),
                    address(in, 20, length, flags),
                    port(in, 36),
                    port(in, 38));
        }
        return new Unknown();
    }

    private static boolean isIpv4(ByteBuffer in) {
        return in.getInt(4) != 0 && in.getInt(8) == 0 && in.getInt(12) == 0 && in.getInt(16) == 0;
    }

    private static Translate range(
            Kind kind, int flags, Optional<IpAddress> minimum, Optional<IpAddress> maximum, int first, int last) {
        boolean ports = (flags & MAP_PORTS) != 0;
        return new Translate(kind, flags, minimum, maximum, ports ? first : 0, ports ? last : 0);
    }

    private static Optional<IpAddress> address(ByteBuffer in, int at, int length, int flags) {
        if ((flags & MAP_ADDRESSES) == 0) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        in.get(at, bytes);
        return Optional.of(IpAddress.of(bytes));
    }

    private static int port(ByteBuffer in, int at) {
        return Short.toUnsignedInt(in.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(at));
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
