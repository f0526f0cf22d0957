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
import dev.lasthop.wiring.step.ConntrackStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Tracked connections that would go on to lead where a port led before: they are forgotten along with the port. */
record Connections(Site host) {
    private static final int DESTINATION_REWRITTEN = 0x20; // IPS_DST_NAT

    /** Those that a published port leads to the endpoint. */
    List<Step> through(Endpoint endpoint, List<PublishedPort> ports) {
        return endpoint.addresses().stream()
                .map(Prefix::address)
                .flatMap(address -> steps(
                        () -> socketDump(socket -> socket.answeredBy(address)),
                        message -> (message.status() & DESTINATION_REWRITTEN) != 0
                                && message.reply()
                                        .filter(reply -> leads(reply, address, ports))
                                        .isPresent()))
                .toList();
    }

    /** Datagrams to the host's port that went elsewhere until now: without this they would go there for as long as they come. */
    List<Step> before(List<PublishedPort> ports) {
        List<Integer> numbers = ports.stream()
                .filter(port -> port.protocol().equals(Protocol.UDP))
                .map(PublishedPort::hostPort)
                .toList();
        if (numbers.isEmpty()) {
            return List.of();
        }
        return Stream.of(Family.values())
                .flatMap(family -> steps(
                        () -> socketDump(socket -> socket.all(family)),
                        message -> message.original()
                                .filter(flow -> flow.protocol().equals(Protocol.UDP)
                                        && numbers.contains(flow.destinationPort()))
                                .isPresent()))
                .toList();
    }

    private static boolean leads(Flow reply, IpAddress address, List<PublishedPort> ports) {
        return reply.source().equals(address)
                && ports.stream()
                        .anyMatch(
                                port -> port.protocol().equals(reply.protocol()) && port.port() == reply.sourcePort());
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

    private Dump socketDump(java.util.function.Function<ConntrackSocket, Dump> question) {
        // the kernel's table is the whole machine's, and reading it is slow even where nothing is found
        if (host.sysctl("net/netfilter/nf_conntrack_count").equals(Optional.of("0"))) {
            return new Dump(List.of(), false);
        }
        try (ConntrackSocket socket = ConntrackSocket.open(host.namespace())) {
            return question.apply(socket);
        }
    }
}
