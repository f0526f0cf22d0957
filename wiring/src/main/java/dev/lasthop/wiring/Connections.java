package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.conntrack.ConntrackMessage;
import dev.lasthop.netlink.conntrack.ConntrackSocket;
import dev.lasthop.netlink.route.AddressMessage;
import dev.lasthop.wiring.step.ConntrackStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tracked connections that would go on to lead where a port led before: they are forgotten along with the port. */
record Connections(Site host) {
    private static final int DESTINATION_REWRITTEN = 0x20; // IPS_DST_NAT

    /** Those that a published port leads to the endpoint. */
    List<Step> through(Endpoint endpoint, List<PublishedPort> ports) {
        if (ports.isEmpty()) {
            return List.of();
        }
        return endpoint.addresses().stream()
                .map(Prefix::address)
                .flatMap(address -> steps(
                        () -> socketDump(socket -> socket.answeredBy(address)),
                        message -> isRewritten(message)
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
                    .map(flow -> new ConntrackStep(Place.HOST, flow));
        } catch (KernelException e) {
            return Stream.empty(); // a kernel without connection tracking, or one that cannot be asked for this
        }
    }

    private Dump socketDump(Function<ConntrackSocket, Dump> question) {
        // the kernel's table is the whole machine's, and reading it is slow even where nothing is found
        if (host.sysctl("net/netfilter/nf_conntrack_count").equals(Optional.of("0"))) {
            return new Dump(List.of(), false);
        }
        try (ConntrackSocket socket = ConntrackSocket.open(host.namespace())) {
            return question.apply(socket);
        }
    }
}
