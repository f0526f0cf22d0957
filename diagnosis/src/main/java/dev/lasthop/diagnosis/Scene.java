package dev.lasthop.diagnosis;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.wiring.step.Place;
import java.util.Optional;

/**
 * A throw-away network as a fault sees that is to be injected into it: who plays which part, under which names.
 *
 * <pre>
 *   container           node                                   outside
 *   containerLink ----- hostEnd - bridge          uplink ----- outsideLink
 *   second (a sibling, on some networks)
 * </pre>
 */
public interface Scene {
    /** Which of the lab's networks it is: {@code bridge}, {@code siblings}, {@code published} … */
    String network();

    Place container();

    Place node();

    Place outside();

    /** The sibling on the same bridge, or the container on the second bridge. */
    Optional<Place> second();

    /** The container's interface, {@code eth0}. */
    String containerLink();

    /** The node's end of the container's veth pair. */
    String hostEnd();

    /** The bridge on the node; on a network without one the parent or the host end. */
    String bridge();

    /** The node's interface to the outside. */
    String uplink();

    /** The outside's interface to the node. */
    String outsideLink();

    /** The container's address with its prefix length. */
    Prefix containerAddress(Family family);

    /** The node's address that the container sends through. */
    Prefix gateway(Family family);

    /** The node's address on the uplink. */
    Prefix nodeAddress(Family family);

    /** The outside's address on the uplink's link: the node's next hop. */
    Prefix outsideAddress(Family family);

    /** An address of the outside that is on no link of the node's: what the container calls. */
    IpAddress world(Family family);

    /** The sibling's address. */
    Optional<Prefix> secondAddress(Family family);

    /** The port that a service listens on in the container (network {@code published}) or outside. */
    int servicePort();

    /** The port of the node that is published, on network {@code published}. */
    int publishedPort();

    /** The port that the outside calls from, where it has to be the same each time. */
    int callingPort();

    /** What is there now, for injections that need a rule's handle or a link's MAC. */
    NamespaceState now(Place place);
}
