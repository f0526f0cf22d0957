package dev.lasthop.wiring;

import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import java.util.Optional;
import java.util.OptionalInt;

/** The pair of interfaces by which most drivers bring packets from an endpoint to the host. */
final class VethPair {
    private VethPair() {}

    /** A name for the host's end that no interface there has. */
    static String freeName(String endpoint, String network, HostView host) {
        String wanted = Names.hostEnd(endpoint, network);
        for (int salt = 1; host.link(wanted).isPresent(); salt++) {
            wanted = Names.hostEnd(endpoint + "\0" + salt, network);
        }
        return wanted;
    }

    static String hostLink(Endpoint endpoint) {
        return endpoint.hostLink().orElseThrow();
    }

    /** Both ends, down. */
    static LinkStep create(Endpoint endpoint, Network network) {
        OptionalInt mtu = OptionalInt.of(network.mtu());
        return new LinkStep.CreateVeth(
                new LinkStep.End(
                        Place.HOST,
                        hostLink(endpoint),
                        Optional.of(Names.mac("host", endpoint.name(), network.name())),
                        mtu),
                new LinkStep.End(endpoint.place(), endpoint.interfaceName(), Optional.of(endpoint.mac()), mtu));
    }

    static void compare(Endpoint endpoint, LinkMessage hostEnd, Differences differences) {
        if ((hostEnd.flags() & LinkMessage.UP) == 0) {
            differences.found(
                    hostEnd.name() + " of " + endpoint.id() + " is down", LinkStep.up(Place.HOST, hostEnd.name()));
        }
    }
}
