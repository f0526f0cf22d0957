package dev.lasthop.cli.flow;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.investigation.Destination;
import dev.lasthop.tracing.Level;
import java.util.List;

/** What the commands that are about one flow take: from where, to where, and what kind of packet. */
final class FlowOptions {
    static final Argument<String> SOURCE =
            Argument.one("SOURCE", "where the packets start: host, pid:N, netns:NAME, a container", Reader.text());
    static final Argument<Destination> DESTINATION = Argument.one(
            "DESTINATION", "ADDRESS, ADDRESS:PORT, [IPV6]:PORT, an endpoint with or without :PORT", Destination::parse);

    static final Option<Transport> PROTOCOL = Option.value(
            "protocol",
            "icmp|tcp|udp",
            "what to send; icmp without a port and tcp with one, if it is not said",
            Reader.choice(Transport.class));
    static final Option<Integer> SIZE = Option.value(
            "size",
            "BYTES",
            "length of the IP packet, which may then not be cut on the way",
            Reader.integer(28, 65535));
    static final Option<Boolean> FRAGMENT = Option.flag("fragment", "let a packet of that size be cut on the way");
    static final Option<Integer> SOURCE_PORT =
            Option.value("source-port", "N", "repeat one exact flow", Reader.integer(1, 65535));
    static final Option<Boolean> IPV4 =
            Option.flag("ipv4", "IPv4, where the destination has both families").letter('4');
    static final Option<Boolean> IPV6 =
            Option.flag("ipv6", "IPv6, where the destination has both families").letter('6');
    static final Option<Level> OBSERVE = Option.value(
            "observe",
            "bpf|perf|taps",
            "look no closer than this; the closest that works, if it is not said",
            Reader.choice(Level.class));
    static final Option<Integer> COUNT = Option.value(
                    "count", "N", "how many probes, 3 if it is not said", Reader.integer(1, 100))
            .letter('c');

    private FlowOptions() {}

    /** What is sent. */
    enum Transport {
        ICMP,
        TCP,
        UDP,
        SCTP
    }

    static List<Argument<?>> arguments() {
        return List.of(SOURCE, DESTINATION);
    }

    /** What says which packet is meant. */
    static List<Option<?>> packet() {
        return List.of(PROTOCOL, SIZE, FRAGMENT, SOURCE_PORT, IPV4, IPV6);
    }

    /** The same, and how to send and watch. */
    static List<Option<?>> probing() {
        return List.of(PROTOCOL, SIZE, FRAGMENT, SOURCE_PORT, COUNT, OBSERVE, IPV4, IPV6);
    }
}
