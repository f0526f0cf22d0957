package dev.lasthop.wiring.step;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.KernelFiles;
import dev.lasthop.linux.NetworkNamespace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /proc/net/nf_conntrack}, where few connections are tracked. The kernel's table is the whole machine's: by netlink each of its
 * hundreds of thousands of buckets is locked, however few connections a namespace has, which takes 13 ms here; the file goes through them
 * without, in 0.3 ms.
 *
 * <p>The kernel writes a page at a time and then looks for its place by counting connections: one that ends among those that were
 * written hides another. So what is more than a page is read twice, and all that the first reading had must be there still.
 */
final class ConntrackText {
    private static final String FILE = "/proc/thread-self/net/nf_conntrack";
    private static final int FEW = 1000;
    private static final int PAGE = 4000; // bytes that surely are one page, the least there is

    private ConntrackText() {}

    /**
     * A connection between ports.
     *
     * @param isInZone whether two may be of the same flow, in different zones
     */
    record Tracked(Flow original, Flow reply, boolean isInZone) {
        /** Whether it goes elsewhere than to where its first packet was sent: IPS_DST_NAT. */
        boolean isRedirected() {
            return !reply.source().equals(original.destination()) || reply.sourcePort() != original.destinationPort();
        }
    }

    /** All that are between ports; empty where there are too many, or any doubt about it. */
    static Optional<List<Tracked>> read(NetworkNamespace namespace) {
        return namespace.call(() -> {
            try (var files = new KernelFiles()) {
                int count = files.setting("/proc/sys/net/netfilter/nf_conntrack_count")
                        .map(Integer::parseInt)
                        .orElse(Integer.MAX_VALUE);
                if (count == 0) {
                    return Optional.of(List.of());
                }
                return count > FEW ? Optional.empty() : read(files);
            } catch (KernelException | IllegalArgumentException e) { // no such file, or not of this form
                return Optional.empty();
            }
        });
    }

    private static Optional<List<Tracked>> read(KernelFiles files) {
        Optional<byte[]> first = files.read(FILE);
        if (first.isEmpty() || first.get().length < PAGE) {
            return first.map(ConntrackText::parse);
        }
        List<Tracked> before = parse(first.get());
        Set<Tracked> now =
                new HashSet<>(files.read(FILE).map(ConntrackText::parse).orElse(List.of()));
        return now.containsAll(before) ? Optional.of(before) : Optional.empty();
    }

    /** @throws IllegalArgumentException if a line is not of the known form */
    static List<Tracked> parse(byte[] text) {
        List<Tracked> all = new ArrayList<>();
        for (String line : new String(text, StandardCharsets.UTF_8).lines().toList()) {
            if (line.contains(" dport=")) {
                all.add(connection(line));
            }
        }
        return all;
    }

    /** {@code ipv4 2 udp 17 29 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=53 [UNREPLIED] src=… dst=… sport=… dport=… mark=0 zone=0 use=2}. */
    private static Tracked connection(String line) {
        String[] words = line.split(" +");
        if (words.length < 4) {
            throw new IllegalArgumentException("a tracked connection: " + line);
        }
        var protocol = new Protocol(Integer.parseInt(words[3]));
        Map<String, String> original = new HashMap<>();
        Map<String, String> reply = new HashMap<>();
        boolean zone = false;
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                String name = word.substring(0, equals);
                (original.containsKey(name) ? reply : original).putIfAbsent(name, word.substring(equals + 1));
                zone |= name.startsWith("zone") && !word.endsWith("=0");
            }
        }
        return new Tracked(flow(protocol, original), flow(protocol, reply), zone);
    }

    private static Flow flow(Protocol protocol, Map<String, String> words) {
        return new Flow(
                protocol,
                IpAddress.parse(word(words, "src")),
                Integer.parseInt(word(words, "sport")),
                IpAddress.parse(word(words, "dst")),
                Integer.parseInt(word(words, "dport")));
    }

    private static String word(Map<String, String> words, String name) {
        @Nullable String value = words.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a tracked connection has no " + name);
        }
        return value;
    }
}
