package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import java.util.List;

/** Changes of what connection tracking remembers in a namespace. */
public sealed interface ConntrackStep extends Step {
    /** What is typed to make it, line by line. */
    List<String> words();

    @Override
    default List<String> commands() {
        return words().stream().map(place()::run).toList();
    }

    @Override
    default void apply(Places places) {
        ConnectionTracking.apply(places.at(place()), this);
    }

    /**
     * Deletes the tracked connection whose first packet had this flow, so that its next packet is looked at anew. That cannot be taken
     * back, and need not be: the entry comes again by itself.
     */
    record Delete(Place place, Flow original) implements ConntrackStep {
        @Override
        public List<String> words() {
            return List.of(deletion(original));
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of();
        }
    }

    /**
     * Remembers a connection, as if its first packet had come when the rules sent it to {@code target}, in place of what is remembered of
     * this flow. Its time does not start anew with each packet ({@code IPS_FIXED_TIMEOUT}): it is remembered for a day.
     *
     * @param original the flow as its first packet came in: TCP
     * @param target where that packet was led: an address of the flow's family
     * @param port and to which port
     */
    record Add(Place place, Flow original, IpAddress target, int port) implements ConntrackStep {
        static final int SECONDS = 86_400;

        @Override
        public List<String> words() {
            String to = target.family() == Family.IPV6 ? "[" + target + "]" : target.toString();
            return List.of(
                    deletion(original),
                    tuple(Words.of("conntrack -I"), original)
                            .add("--state", "SYN_SENT")
                            .add("-u", "FIXED_TIMEOUT")
                            .add("-t", SECONDS)
                            .add("--dst-nat", to + ":" + port)
                            .toString());
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of(new Delete(place, original));
        }
    }

    /**
     * Remembers connections that never were until there is no room for another: for throw-away namespaces. The kernel counts each
     * namespace's connections for itself, so nobody else is short of them.
     *
     * @param mark what they are marked with, by which they are found again
     */
    record Fill(Place place, int mark) implements ConntrackStep {
        @Override
        public List<String> words() {
            return List.of(
                    "sh -c 'i=0; while conntrack -I -p tcp -s 198.18.$((i / 65536)).$((i / 256 % 256)) -d 198.19.0.1"
                            + " --sport $((i % 256 + 1)) --dport 80 --state ESTABLISHED -u SEEN_REPLY,ASSURED -t 86400 -m "
                            + mark
                            + "; do i=$((i + 1)); done'");
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of(new Forget(place, mark));
        }
    }

    /** Forgets all connections of a mark. */
    record Forget(Place place, int mark) implements ConntrackStep {
        @Override
        public List<String> words() {
            return List.of(Words.of("conntrack -D").add("-m", mark).toString());
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of();
        }
    }

    private static String deletion(Flow original) {
        Words words = Words.of("conntrack -D").add("-f", original.family() == Family.IPV6 ? "ipv6" : "ipv4");
        return tuple(words, original).toString();
    }

    private static Words tuple(Words words, Flow flow) {
        words.add("-p", flow.protocol().isIcmp() && flow.family() == Family.IPV6 ? "icmpv6" : flow.protocol())
                .add("-s", flow.source())
                .add("-d", flow.destination());
        if (flow.protocol().hasPorts()) {
            words.add("--sport", flow.sourcePort()).add("--dport", flow.destinationPort());
        } else if (flow.protocol().isIcmp()) {
            words.add("--icmp-id", flow.sourcePort());
        }
        return words;
    }
}
