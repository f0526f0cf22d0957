package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import java.util.List;

/** Two networks are kept apart on purpose. */
public final class NetworkIsolation implements FilterFault {
    /** Stateless. */
    public NetworkIsolation() {}

    @Override
    public Page page() {
        return new Page(
                "network-isolation",
                Group.FIREWALL,
                "The engine keeps two networks apart",
                "The rule that drops is in a chain that the container engine made to isolate its networks "
                        + "from each other (DOCKER-ISOLATION-STAGE, NETAVARK_ISOLATION, Lasthop's own), or comes "
                        + "between two of its bridges.",
                "Nothing is changed: both are joined to one network by whoever decides that.");
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                        "two-bridges",
                        Injection.Ask.CONTAINER_PINGS_SECOND,
                        Verdict.DROPPED,
                        Side.REQUEST,
                        scene -> List.of(OwnTable.isolation(
                                scene.node(), scene.secondAddress(Family.IPV4).orElseThrow())))
                .lastSeenAt(At.BRIDGE_IN)
                .notMendable());
    }
}
