package dev.lasthop.netlink.xtables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Rules as {@code iptables-legacy} would make them: {@code struct ipt_entry} or {@code struct ip6t_entry}, matches, a target
 * (include/uapi/linux/netfilter_ipv4/ip_tables.h, netfilter_ipv6/ip6_tables.h, netfilter/x_tables.h).
 */
public final class XtEntry {
    private static final int HEADER = 32; // struct xt_entry_match, struct xt_entry_target
    private static final int PORTS = 16; // struct xt_tcp (12) or xt_udp (9), rounded up to a multiple of 8
    private static final int COMMENT = 256;
    private static final int TARGET = 40;

    private XtEntry() {}

    /**
     * A rule that accepts.
     *
     * @param source empty for any
     * @param sourcePort 0 for any
     * @param destinationPort 0 for any
     */
    public static Bytes accept(
            Family family,
            Protocol protocol,
            Optional<IpAddress> source,
            int sourcePort,
            Optional<IpAddress> destination,
            int destinationPort,
            String comment) {
        boolean ports = sourcePort != 0 || destinationPort != 0;
        int target = size(family) + (ports ? HEADER + PORTS : 0) + HEADER + COMMENT;
        byte[] entry = new byte[target + TARGET];
        ByteBuffer out = ByteBuffer.wrap(entry).order(ByteOrder.nativeOrder());
        int width = family.bytes();
        source.ifPresent(address -> address(out, 0, address));
        destination.ifPresent(address -> address(out, width, address));
        if (family == Family.IPV4) {
            out.putShort(80, (short) protocol.number());
        } else {
            out.putShort(128, (short) protocol.number());
            out.put(131, (byte) 1); // IP6T_F_PROTO
        }
        out.putShort(targetOffset(family), (short) target);
        out.putShort(targetOffset(family) + 2, (short) entry.length);
        int at = size(family);
        if (ports) {
            extension(out, at, HEADER + PORTS, protocol.toString());
            range(out, at + HEADER, sourcePort);
            range(out, at + HEADER + 4, destinationPort);
            at += HEADER + PORTS;
        }
        extension(out, at, HEADER + COMMENT, "comment");
        out.put(at + HEADER, Arrays.copyOf(comment.getBytes(UTF_8), COMMENT - 1));
        extension(out, target, TARGET, "");
        out.putInt(target + HEADER, XtRule.ACCEPT);
        return Bytes.of(entry);
    }

    /** Where an entry says at which offset its target is; the entry's size stands behind it. */
    static int targetOffset(Family family) {
        return family == Family.IPV4 ? 88 : 140;
    }

    /** The bytes of an entry before its matches. */
    static int size(Family family) {
        return family == Family.IPV4 ? 112 : 168;
    }

    /** The address at its place, and the whole mask two addresses further on. */
    private static void address(ByteBuffer out, int at, IpAddress address) {
        byte[] bytes = address.bytes();
        byte[] mask = new byte[bytes.length];
        Arrays.fill(mask, (byte) 0xff);
        out.put(at, bytes).put(at + 2 * bytes.length, mask);
    }

    private static void extension(ByteBuffer out, int at, int size, String name) {
        out.putShort(at, (short) size).put(at + 2, name.getBytes(UTF_8));
    }

    private static void range(ByteBuffer out, int at, int port) {
        out.putShort(at, (short) port).putShort(at + 2, (short) (port == 0 ? 0xffff : port));
    }
}
