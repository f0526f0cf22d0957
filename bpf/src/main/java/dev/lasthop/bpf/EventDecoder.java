package dev.lasthop.bpf;

import dev.lasthop.bpf.PacketEvent.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** From the programs' records to events. */
final class EventDecoder {
    static final Kind[] KINDS = Kind.values();

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final long FIRST_INODE = 0xefffff00L; // namespaces have their numbers from here on
    private static final long HINT_NANOS = 200_000;
    private static final int LOOPBACK = 1;

    private final DropReasons reasons;
    private final KernelSymbols symbols;

    /** A record, copied out of the ring buffer. */
    record Raw(ByteBuffer bytes) {
        static Raw of(ByteBuffer record) {
            byte[] copy = new byte[record.remaining()];
            record.get(copy);
            return new Raw(ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder()));
        }

        long nanos() {
            return bytes.getLong(EventLayout.NANOS);
        }

        /** The addresses in the kernel that it speaks of and does not name. */
        List<Long> addresses() {
            List<Long> all = new ArrayList<>();
            if (!named() && bytes.limit() > EventLayout.NAMES) {
                all.add(bytes.getLong(EventLayout.LOCATION));
                all.addAll(frames());
            }
            return all;
        }

        boolean named() {
            return bytes.limit() > EventLayout.NAMES && bytes.get(EventLayout.NAMES) != 0;
        }

        /** The location's name and those of the stack. */
        List<String> names() {
            List<String> names = new ArrayList<>();
            for (int half = 0; half < 2; half++) {
                byte[] text = new byte[EventLayout.NAMES_BYTES];
                bytes.get(EventLayout.NAMES + half * EventLayout.NAMES_BYTES, text);
                int from = 0;
                for (int i = 0; i < text.length && text[i] != 0; i++) {
                    if (text[i] == ' ') { // a name that was cut has none after it
                        names.add(new String(text, from, i - from, StandardCharsets.US_ASCII));
                        from = i + 1;
                    }
                }
            }
            return names.subList(0, Math.min(names.size(), 1 + frames().size()));
        }

        List<Long> frames() {
            List<Long> frames = new ArrayList<>();
            int end = EventLayout.STACK + Math.max(0, bytes.getInt(EventLayout.STACK_BYTES));
            for (int at = EventLayout.STACK; at + 8 <= Math.min(end, bytes.limit()); at += 8) {
                frames.add(bytes.getLong(at));
            }
            return frames;
        }
    }

    EventDecoder(DropReasons reasons, KernelSymbols symbols) {
        this.reasons = reasons;
        this.symbols = symbols;
    }

    PacketEvent decode(Raw raw) {
        ByteBuffer in = raw.bytes;
        Kind kind = KINDS[in.getInt(EventLayout.KIND)];
        List<String> names = names(raw);
        List<String> stack = stack(names);
        boolean route = kind == Kind.ROUTE;
        return new PacketEvent(
                raw.nanos(),
                kind,
                in.getLong(EventLayout.SKB),
                route ? routeNamespace(in, stack) : packetNamespace(in),
                Math.max(0, in.getInt(EventLayout.IF_INDEX)),
                device(in),
                kind == Kind.DROP ? reasons.name(in.getInt(EventLayout.REASON)) : "",
                kind == Kind.DROP ? names.getFirst() : "",
                stack,
                route ? in.getInt(EventLayout.FAMILY) : family(in.getInt(EventLayout.FAMILY)),
                route ? addresses(in) : packet(in),
                route ? 0 : length(in),
                in.getInt(EventLayout.ERROR),
                in.getInt(EventLayout.DETAIL),
                !route && in.getInt(EventLayout.FOLLOWED) != 0);
    }

    /** The location's name and those of the stack; empty for what has none. */
    private List<String> names(Raw raw) {
        if (raw.named()) {
            return raw.names();
        }
        List<String> names = new ArrayList<>();
        for (long address : raw.addresses()) {
            names.add(symbols.name(address).orElse(""));
        }
        return names;
    }

    private static List<String> stack(List<String> names) {
        List<String> stack = new ArrayList<>();
        for (int i = 1; i < names.size(); i++) { // the first is the location
            String name = names.get(i);
            boolean ours = stack.isEmpty() && name.startsWith("bpf_"); // this very program
            if (!ours && !name.isEmpty() && !name.startsWith("0x")) {
                stack.add(name);
            }
        }
        return stack;
    }

    private static long packetNamespace(ByteBuffer in) {
        for (int at :
                new int[] {EventLayout.DEVICE_NAMESPACE, EventLayout.SOCKET_NAMESPACE, EventLayout.ROUTE_NAMESPACE}) {
            long inode = Integer.toUnsignedLong(in.getInt(at));
            if (inode >= FIRST_INODE) {
                return inode;
            }
        }
        return 0;
    }

    // IPv6 tells the namespace, and so does a route that was found. Else: that of the last packet received on this
    // processor
    // if the look-up is on behalf of a packet, that of the running thread if it is on behalf of the thread.
    private static long routeNamespace(ByteBuffer in, List<String> stack) {
        long told = packetNamespace(in);
        if (told != 0) {
            return told;
        }
        boolean incoming = in.getInt(EventLayout.FOLLOWED) != LOOPBACK;
        boolean interrupt = stack.contains("net_rx_action") || stack.contains("__napi_poll");
        if (incoming || interrupt) {
            boolean fresh = in.getLong(EventLayout.NANOS) - in.getLong(EventLayout.HINT_NANOS) < HINT_NANOS;
            return fresh ? Integer.toUnsignedLong(in.getInt(EventLayout.HINT_NAMESPACE)) : 0;
        }
        return Integer.toUnsignedLong(in.getInt(EventLayout.TASK_NAMESPACE));
    }

    private static String device(ByteBuffer in) {
        boolean real = Integer.toUnsignedLong(in.getInt(EventLayout.DEVICE_NAMESPACE)) >= FIRST_INODE;
        int end = EventLayout.DEVICE;
        while (real && end < EventLayout.DEVICE + 16 && in.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - EventLayout.DEVICE];
        in.get(EventLayout.DEVICE, name);
        return new String(name, StandardCharsets.UTF_8);
    }

    private static int family(int etherType) {
        return switch (FlowMatcher.wire16(etherType)) {
            case 0x0800 -> AF_INET;
            case 0x86dd -> AF_INET6;
            default -> 0;
        };
    }

    private static byte[] addresses(ByteBuffer in) {
        byte[] pair = new byte[in.getInt(EventLayout.FAMILY) == AF_INET ? 8 : 32];
        in.get(EventLayout.PACKET, pair);
        return pair;
    }

    // What is beyond the linear part is other memory, and not the packet's.
    private static byte[] packet(ByteBuffer in) {
        int linear = in.getInt(EventLayout.TAIL) - in.getInt(EventLayout.NETWORK_HEADER);
        byte[] first = new byte[Math.clamp(linear, 0, Math.clamp(length(in), 0, PacketEvent.MOST_BYTES))];
        in.get(EventLayout.PACKET, first);
        return first;
    }

    private static int length(ByteBuffer in) {
        long data = in.getLong(EventLayout.DATA) - in.getLong(EventLayout.HEAD);
        return (int) (in.getInt(EventLayout.LENGTH) + data - in.getInt(EventLayout.NETWORK_HEADER));
    }
}
