package dev.lasthop.bpf;

import dev.lasthop.bpf.PacketEvent.Kind;
import dev.lasthop.bpf.PacketFilter.Tuple;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** From perf samples to events. Fields that a kernel does not have read as zero. */
final class PerfDecoder {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final PacketFilter filter;
    private final DropReasons reasons;
    private final KernelSymbols symbols;
    private final int probeLength;

    /** A sample, and how to read it. */
    record Raw(Kind kind, TracepointFormat format, PerfEvent.Sample sample) {
        long number(String name) {
            TracepointFormat.Field field = format.fields().get(name);
            if (field == null || field.offset() + field.size() > sample.raw().limit()) {
                return 0;
            }
            ByteBuffer raw = sample.raw();
            return switch (field.size()) {
                case 1 -> raw.get(field.offset());
                case 2 -> Short.toUnsignedLong(raw.getShort(field.offset()));
                case 4 -> raw.getInt(field.offset());
                case 8 -> raw.getLong(field.offset());
                default -> 0;
            };
        }

        byte[] bytes(String name) {
            TracepointFormat.Field field = format.fields().get(name);
            if (field == null) {
                return new byte[0];
            }
            int place = (int) number(name);
            int from = field.elsewhere() ? place & 0xffff : field.offset();
            int length = field.elsewhere() ? place >>> 16 : field.size();
            if (from + length > sample.raw().limit()) {
                return new byte[0];
            }
            byte[] result = new byte[length];
            sample.raw().get(from, result);
            return result;
        }

        String text(String name) {
            byte[] bytes = bytes(name);
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        }

        List<Long> addresses() {
            List<Long> all = new ArrayList<>(sample.chain());
            all.add(number("location"));
            return all;
        }
    }

    PerfDecoder(PacketFilter filter, DropReasons reasons, KernelSymbols symbols, int probeLength) {
        this.filter = filter;
        this.reasons = reasons;
        this.symbols = symbols;
        this.probeLength = probeLength;
    }

    /** Those that tell addresses are judged by them. */
    boolean wants(Raw raw) {
        return switch (raw.kind) {
            case ROUTE -> matches(raw.bytes("src"), raw.bytes("dst"));
            case ICMP_SENT -> matches(raw.bytes("saddr"), raw.bytes("daddr"));
            case DROP, RECEIVED, SENT -> true;
        };
    }

    private boolean matches(byte[] source, byte[] destination) {
        for (Tuple tuple : filter.flowsOf(source.length == 4)) {
            for (Tuple each : List.of(tuple, tuple.reversed())) {
                boolean to = each.destination().length == 0 || Arrays.equals(each.destination(), destination);
                boolean from = each.source().length == 0 || Arrays.equals(each.source(), source);
                if (to && (from || Arrays.equals(source, new byte[source.length]) && each.destination().length != 0)) {
                    return true;
                }
            }
        }
        return false;
    }

    PacketEvent decode(Raw raw) {
        Kind kind = raw.kind;
        boolean drop = kind == Kind.DROP;
        boolean route = kind == Kind.ROUTE;
        byte[] addresses = route ? pair(raw.bytes("src"), raw.bytes("dst")) : new byte[0];
        List<String> stack = raw.sample.chain().stream()
                .map(symbols::name)
                .flatMap(Optional::stream)
                .toList();
        return new PacketEvent(
                raw.sample.nanos(),
                kind,
                raw.number("skbaddr"),
                0,
                route ? (int) raw.number("oif") : 0,
                raw.text("name").equals("-") ? "" : raw.text("name"),
                drop ? reason(raw) : "",
                drop ? symbols.name(raw.number("location")).orElse("") : "",
                stack,
                route ? addresses.length == 8 ? AF_INET : AF_INET6 : family((int) raw.number("protocol")),
                addresses,
                length(raw),
                route ? (int) raw.number("err") : 0,
                detail(raw),
                false);
    }

    private String reason(Raw raw) {
        return raw.format.fields().containsKey("reason") ? reasons.name((int) raw.number("reason")) : DropReasons.NONE;
    }

    private int length(Raw raw) {
        int length = (int) raw.number("len");
        return probeLength != 0 && length > 0 ? probeLength : length;
    }

    private static int detail(Raw raw) {
        return switch (raw.kind) {
            case ROUTE -> (int) raw.number("tb_id");
            case ICMP_SENT -> (int) (raw.number("type") << 8 | raw.number("code") & 0xff);
            case DROP, RECEIVED, SENT -> 0;
        };
    }

    private static int family(int etherType) {
        return switch (etherType) {
            case 0x0800 -> AF_INET;
            case 0x86dd -> AF_INET6;
            default -> 0;
        };
    }

    private static byte[] pair(byte[] source, byte[] destination) {
        byte[] both = Arrays.copyOf(source, source.length + destination.length);
        System.arraycopy(destination, 0, both, source.length, destination.length);
        return both;
    }
}
