package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.util.List;
import java.util.Optional;

/**
 * Forgets the tracked connections to published ports that rules which have just been changed no longer make: the kernel asks its rules about
 * the first packet of a connection only, and so a connection goes where they led at its beginning, for as long as packets come. Which
 * they are is looked up when the step is made, behind the change of rules: so none can be made in between.
 *
 * @param which those that lead where the port led, or those that lead elsewhere
 */
public record StaleConnectionsStep(Place place, Which which, List<Redirect> redirects) implements Step {
    private static final int MOST = 65535;

    public StaleConnectionsStep {
        redirects = List.copyOf(redirects);
    }

    /** Of the connections to a redirected port. */
    public enum Which {
        /** Those that are redirected like this: the port is taken back. */
        LEADING_THERE,

        /** All others that the port was redirected for, and datagrams to the host itself: the port has been given to somebody. */
        LEADING_ELSEWHERE
    }

    /**
     * Ports of the host that lead on, the first to a port, and each other to as many behind it.
     *
     * @param host the host's address that they are for; empty for all
     * @param last the same as the first, or the last of several
     */
    public record Redirect(
            Protocol protocol, Optional<IpAddress> host, int first, int last, IpAddress to, int firstThere) {
        public Redirect {
            if (first < 1 || last < first || last > MOST || firstThere < 1 || firstThere + last - first > MOST) {
                throw new IllegalArgumentException(
                        "no ports from 1 to 65535: " + first + " to " + last + ", which lead to " + firstThere);
            }
            if (host.filter(address -> address.family() != to.family()).isPresent()) {
                throw new IllegalArgumentException(host.get() + " and " + to + " are not of one family");
            }
        }

        Family family() {
            return to.family();
        }

        /** Whether a connection's first packet went to one of the ports. */
        boolean covers(Flow original) {
            return original.family() == family()
                    && original.protocol().equals(protocol)
                    && original.destinationPort() >= first
                    && original.destinationPort() <= last
                    && host.filter(address -> !address.equals(original.destination()))
                            .isEmpty();
        }

        /** Whether its replies come from where this leads. */
        boolean leads(Flow original, Flow reply) {
            return reply.source().equals(to) && reply.sourcePort() == firstThere + original.destinationPort() - first;
        }

        private String command(Place place, Which which) {
            boolean single = first == last;
            String port = single ? Integer.toString(first) : "$port";
            String there = first == firstThere
                    ? port
                    : single ? Integer.toString(firstThere) : "$((port + " + (firstThere - first) + "))";
            String line = "conntrack -D -f " + (family() == Family.IPV6 ? "ipv6" : "ipv4") + " -p " + protocol
                    + host.map(address -> " --orig-dst " + address).orElse("") + " --orig-port-dst " + port
                    + (which == Which.LEADING_THERE ? " --reply-src " + to + " --reply-port-src " + there : "");
            return single
                    ? place.run(line) + " || true"
                    : "for port in $(seq " + first + " " + last + "); do " + place.run(line) + "; done || true";
        }
    }

    /** What is typed forgets those that already lead where they should, too; they come again by themselves. */
    @Override
    public List<String> commands() {
        return redirects.stream()
                .map(redirect -> redirect.command(place, which))
                .distinct()
                .toList();
    }

    /** What leads there was made by the change that is taken back with this. */
    @Override
    public List<Step> undo(Places places) {
        return which == Which.LEADING_ELSEWHERE
                ? List.of(new StaleConnectionsStep(place, Which.LEADING_THERE, redirects))
                : List.of();
    }

    @Override
    public void apply(Places places) {
        StaleConnections.forget(places.at(place), this);
    }
}
