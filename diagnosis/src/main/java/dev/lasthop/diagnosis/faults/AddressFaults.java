package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Addresses and neighbours: the faults of this chapter, in the catalogue's order. */
public final class AddressFaults {
    private AddressFaults() {}

    public static List<Fault> all() {
        return List.of(
                new NoAddress(),
                new NeighborUnreachable(),
                new ArpFiltered(),
                new ProxyArpOff(),
                new WrongPrefixLength(),
                new NoDefaultRoute(),
                new WrongGateway(),
                new Ipv6Disabled(),
                new Ipv6DadFailed());
    }
}
