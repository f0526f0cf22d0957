package dev.lasthop.diagnosis;

import dev.lasthop.diagnosis.faults.AddressFaults;
import dev.lasthop.diagnosis.faults.FirewallFaults;
import dev.lasthop.diagnosis.faults.LinkFaults;
import dev.lasthop.diagnosis.faults.NatFaults;
import dev.lasthop.diagnosis.faults.OverlayFaults;
import dev.lasthop.diagnosis.faults.RoutingFaults;
import dev.lasthop.diagnosis.faults.SizeFaults;
import dev.lasthop.diagnosis.faults.SocketFaults;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The catalogue: every cause that can be named, chapter by chapter. */
public final class Faults {
    private Faults() {}

    public static List<Fault> all() {
        return Stream.of(
                        LinkFaults.all(),
                        AddressFaults.all(),
                        RoutingFaults.all(),
                        FirewallFaults.all(),
                        NatFaults.all(),
                        SizeFaults.all(),
                        OverlayFaults.all(),
                        SocketFaults.all())
                .flatMap(List::stream)
                .toList();
    }

    public static Optional<Fault> find(String id) {
        return all().stream().filter(fault -> fault.id().equals(id)).findFirst();
    }
}
