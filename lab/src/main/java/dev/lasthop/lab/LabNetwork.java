package dev.lasthop.lab;

import java.util.Optional;
import java.util.stream.Stream;

/** The networks that the lab can build. Each is IPv4 and IPv6, and heals whole: whatever is broken in it was broken on purpose. */
public enum LabNetwork {
    BRIDGE("bridge", "a container on a bridge of its node, masqueraded to the outside"),
    SIBLINGS("siblings", "two containers on one bridge"),
    TWO_BRIDGES("two-bridges", "two containers, each on a bridge of its own, on one node"),
    PUBLISHED("published", "a service in a container, published on a port of its node (DNAT), called from outside"),
    TWO_NETWORKS("two-networks", "a container with an interface on each of two bridges"),
    ROUTED("routed", "a container on a routed veth: no bridge, no NAT, proxy ARP and NDP, a route on the outside"),
    MACVLAN("macvlan", "two containers on macvlan children of the node's own interface"),
    MACVLAN_BRIDGE(
            "macvlan-bridge", "two containers on macvlan children of a bridge that the node's interface is a port of");

    private final String word;
    private final String summary;

    LabNetwork(String word, String summary) {
        this.word = word;
        this.summary = summary;
    }

    /** As the command line names it. */
    @Override
    public String toString() {
        return word;
    }

    /** What it is, in a line. */
    public String summary() {
        return summary;
    }

    public static Optional<LabNetwork> find(String word) {
        return Stream.of(values()).filter(network -> network.word.equals(word)).findFirst();
    }
}
