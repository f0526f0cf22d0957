package dev.lasthop.netlink.xtables;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lasthop.address.Family;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table as the kernel holds it: {@code struct ipt_getinfo}, and the rules one behind the other.
 *
 * @param info what {@code IPT_SO_GET_INFO} says
 * @param rules the rules' bytes, as {@code IPT_SO_GET_ENTRIES} has them behind its own header
 */
public record XtTable(Family family, Bytes info, Bytes rules) {
    /** The five hooks in the kernel's order, as chains are named. */
    public static final List<String> HOOKS = List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

    static final int NAME = 32;
    static final int INFO = 84;
    private static final int ENTRIES_HEADER = 40; // name, size, and room up to a multiple of 8
    private static final int GET_INFO = 64; // IPT_SO_GET_INFO, IP6T_SO_GET_INFO
    private static final int GET_ENTRIES = 65;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_RAW = 255;
    private static final int TRIES = 5;

    public XtTable {
        if (info.size() < INFO) {
            throw new MalformedMessageException("ipt_getinfo cut short: %d bytes".formatted(info.size()));
        }
    }

    /** A socket to ask by, in the calling thread's namespace. */
    public static Fd open(Family family) {
        return Fd.socket(family.number(), SOCK_RAW, IPPROTO_RAW);
    }

    /**
     * Reads a table. Ask only for one that is in use ({@code /proc/net/ip_tables_names}): asking for another makes the kernel load it
     * and call it for every packet.
     */
    public static XtTable read(Fd socket, Family family, String name) {
        for (int attempt = 1; ; attempt++) {
            byte[] info = socket.option(level(family), GET_INFO, Arrays.copyOf(name.getBytes(US_ASCII), INFO));
            int size = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder()).getInt(INFO - Integer.BYTES);
            byte[] request = Arrays.copyOf(name.getBytes(US_ASCII), ENTRIES_HEADER + size);
            ByteBuffer.wrap(request).order(ByteOrder.nativeOrder()).putInt(NAME, size);
            try {
                byte[] entries = socket.option(level(family), GET_ENTRIES, request);
                return new XtTable(
                        family,
                        Bytes.of(info),
                        Bytes.of(
                                Arrays.copyOfRange(entries, Math.min(ENTRIES_HEADER, entries.length), entries.length)));
            } catch (KernelException e) {
                if (!e.is(Errno.EAGAIN) || attempt == TRIES) { // EAGAIN: replaced since its size was read
                    throw e;
                }
            }
        }
    }

    static int level(Family family) {
        return family == Family.IPV4 ? 0 : 41; // SOL_IP, SOL_IPV6
    }

    /** {@code filter}, {@code nat}, {@code mangle}, {@code raw}, {@code security}. */
    public String name() {
        return text(info.read(), 0, NAME);
    }

    /** Whether the table is called at the hook. */
    public boolean isCalledAt(int hook) {
        return (info.read().getInt(NAME) >>> hook & 1) == 1;
    }

    /** Where the hook's chain starts in {@link #rules}. */
    public int start(int hook) {
        return info.read().getInt(NAME + 4 + 4 * hook);
    }

    /** Where the hook's policy stands in {@link #rules}: the last rule of its chain. */
    public int policy(int hook) {
        return info.read().getInt(NAME + 24 + 4 * hook);
    }

    /** All rules, policies and marks between chains among them. */
    public List<XtRule> all() {
        var all = new ArrayList<XtRule>();
        ByteBuffer in = rules.read();
        while (in.hasRemaining()) {
            XtRule rule = XtRule.decode(family, in.position(), in.slice().order(ByteOrder.nativeOrder()));
            all.add(rule);
            in.position(in.position() + rule.size());
        }
        return all;
    }

    static String text(ByteBuffer in, int at, int length) {
        byte[] bytes = new byte[length];
        in.get(at, bytes);
        int end = 0;
        while (end < length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, US_ASCII);
    }
}
