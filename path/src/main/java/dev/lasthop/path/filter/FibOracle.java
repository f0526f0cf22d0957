package dev.lasthop.path.filter;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import java.util.Optional;

/** What the routing tables say where a filter rule asks them. Empty answers are "not known". */
public interface FibOracle {
    /** Answers from the snapshot's own routes. */
    FibOracle OF_ROUTES = new RouteTables();

    /**
     * Whose an address is: one of the host's own, a broadcast address, …
     *
     * @param on where only one interface's addresses count; {@link IfIndex#NONE} for all
     */
    Optional<Route.Type> type(NamespaceState namespace, IpAddress address, IfIndex on);

    /**
     * By which interface an address is reached.
     *
     * @param through where only routes by one interface count; {@link IfIndex#NONE} for all
     * @return {@link IfIndex#NONE} where there is no such route
     */
    Optional<IfIndex> output(NamespaceState namespace, IpAddress to, IpAddress from, int mark, IfIndex through);

    /** The neighbour that a packet to the address is handed to when it leaves by the interface; the address itself on a link. */
    IpAddress nextHop(NamespaceState namespace, IpAddress to, IfIndex out);
}
