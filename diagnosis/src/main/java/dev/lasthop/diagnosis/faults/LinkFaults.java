package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Links and layer 2: the faults of this chapter, in the catalogue's order. */
public final class LinkFaults {
    private LinkFaults() {}

    public static List<Fault> all() {
        return List.of(
                new LinkDown(),
                new LoopbackDown(),
                new NoInterface(),
                new PeerDown(),
                new PeerMissing(),
                new NotBridged(),
                new BridgeMissing(),
                new BridgeDown(),
                new GatewayAddressMissing(),
                new HostEndHasAddress(),
                new StpNotForwarding(),
                new PortIsolated(),
                new HairpinOff(),
                new DuplicateIp(),
                new StaleNeighbor(),
                new WrongFdbEntry(),
                new MacvlanParent(),
                new MacvlanMode(),
                new UplinkNoCarrier());
    }
}
