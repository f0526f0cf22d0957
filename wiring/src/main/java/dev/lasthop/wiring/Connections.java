package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.KernelFiles;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.conntrack.ConntrackMessage;
import dev.lasthop.netlink.conntrack.ConntrackSocket;
import dev.lasthop.netlink.route.AddressMessage;
import dev.lasthop.wiring.step.ConntrackStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tracked connections that would go on to lead where a port led before: they are forgotten along with the port. */
record Connections(Site host) {
    private static final int DESTINATION_REWRITTEN = 0x20; // IPS_DST_NAT
    private static final int FEW =
            1000; // connections, whose lines are read sooner than the kernel finds those of a port
    private static final String DESTINATION_PORT = " dport=";

    /** Those that a published port leads to the endpoint. */
    List<Step> through(Endpoint endpoint, List<PublishedPort> ports) {
        return ports.isEmpty() || !isAnyTo(ports)
                ? List.of()
                : endpoint.addresses().stream()
                        .map(Prefix::address)
                        .flatMap(address -> steps(
                                () -> socketDump(socket -> socket.answeredBy(address)),
                                message -> isRewritten(message)
                                        && message.original()
                                                .filter(original -> ports.stream()
                                                        .anyMatch(port -> port.host()
                                                                .covers(
                                                                        original.protocol(),
                                                                        original.destinationPort())))
                                                .isPresent()
                                        && message.reply()
                                                .filter(reply -> leads(reply, address, ports))
                                                .isPresent()))
                        .toList();
    }

    /**
     * Connections to the host's port that lead elsewhere than to the endpoint: to whom the port was published before, or for datagrams to
     * the host itself. They would go on to do so for as long as packets come.
     */
    List<Step> before(Endpoint endpoint, List<PublishedPort> ports) {
        if (!isAnyTo(ports)) {
            return List.of();
        }
        Supplier<Set<IpAddress>> local = this::ownAddresses;
        return ports.stream()
                .flatMap(port -> Stream.of(Family.values())
                        .filter(family ->
                                port.isFor(family) && endpoint.address(family).isPresent())
                        .flatMap(family -> steps(
                                () -> to(family, port.host()), message -> isStale(message, endpoint, port, local))))
                .distinct()
                .toList();
    }

    private Dump to(Family family, HostPort port) {
        if (!port.isRange()) {
            try {
                return socketDump(socket -> socket.to(family, port.protocol(), port.first()));
            } catch (KernelException e) {
                // a kernel that does not choose by port
            }
        }
        return socketDump(socket -> socket.all(family));
    }

    private static boolean isStale(
            ConntrackMessage message, Endpoint endpoint, PublishedPort port, Supplier<Set<IpAddress>> local) {
        Flow original = message.original().orElse(null);
        Flow reply = message.reply().orElse(null);
        if (original == null
                || reply == null
                || !port.host().covers(original.protocol(), original.destinationPort())
                || port.hostAddress()
                        .filter(address -> !address.equals(original.destination()))
                        .isPresent()) {
            return false;
        }
        int wanted = port.port() + original.destinationPort() - port.hostPort();
        boolean right = reply.sourcePort() == wanted
                && endpoint.addresses().stream()
                        .anyMatch(address -> address.address().equals(reply.source()));
        return !right
                && (isRewritten(message)
                        || port.protocol().equals(Protocol.UDP) && local.get().contains(original.destination()));
    }

    private Set<IpAddress> ownAddresses() {
        return host.route().addresses().stream()
                .flatMap(address -> address
                        .attributes()
                        .get(AddressMessage.LOCAL)
                        .or(() -> address.attributes().get(AddressMessage.ADDRESS))
                        .stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isRewritten(ConntrackMessage message) {
        return (message.status() & DESTINATION_REWRITTEN) != 0;
    }

    private static boolean leads(Flow reply, IpAddress address, List<PublishedPort> ports) {
        return reply.source().equals(address)
                && ports.stream()
                        .anyMatch(port -> port.protocol().equals(reply.protocol())
                                && reply.sourcePort() >= port.port()
                                && reply.sourcePort() <= port.lastPort());
    }

    private static Stream<Step> steps(Supplier<Dump> dump, Predicate<ConntrackMessage> wanted) {
        try {
            return dump.get().messages().stream()
                    .map(ConntrackMessage::decode)
                    .filter(wanted)
                    .flatMap(message -> message.original().stream())
                    .distinct()
                    .map(flow -> new ConntrackStep.Delete(Place.HOST, flow));
        } catch (KernelException e) {
            return Stream.empty(); // a kernel without connection tracking, or one that cannot be asked for this
        }
    }

    private Dump socketDump(Function<ConntrackSocket, Dump> question) {
        try (ConntrackSocket socket = ConntrackSocket.open(host.namespace())) {
            return question.apply(socket);
        }
    }

    /**
     * Whether a connection to one of the host's ports may be tracked. The kernel's table is the whole machine's: asking it by netlink locks
     * each of its hundred thousand buckets, however few connections there are. {@code /proc/net/nf_conntrack} goes through them without;
     * as long as it says of all connections that they go elsewhere, that is an answer. Any doubt, and the kernel is asked.
     */
    private boolean isAnyTo(List<PublishedPort> ports) {
        return host.namespace().call(() -> {
            try (var files = new KernelFiles()) {
                int count = files.setting("/proc/sys/net/netfilter/nf_conntrack_count")
                        .map(Integer::parseInt)
                        .orElse(Integer.MAX_VALUE);
                if (count == 0 || count > FEW) {
                    return count != 0;
                }
                List<String> lines = files.read("/proc/thread-self/net/nf_conntrack")
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8)
                                .lines()
                                .toList())
                        .orElse(List.of());
                return lines.size() < count || lines.stream().anyMatch(line -> isTo(ports, line));
            } catch (KernelException | NumberFormatException e) {
                return true;
            }
        });
    }

    /** The first port of a line is that of the first packet; what has none is no matter of published ports. */
    private static boolean isTo(List<PublishedPort> ports, String line) {
        int start = line.indexOf(DESTINATION_PORT);
        if (start < 0) {
            return false;
        }
        start += DESTINATION_PORT.length();
        int end = line.indexOf(' ', start);
        int number = Integer.parseInt(line.substring(start, end < 0 ? line.length() : end));
        return ports.stream().anyMatch(port -> port.host().covers(port.protocol(), number));
    }
}
