package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Fault;
import java.util.List;

/** Packet filters: the faults of this chapter, in the catalogue's order. */
public final class FirewallFaults {
    private FirewallFaults() {}

    public static List<Fault> all() {
        return List.of(
                new ForwardPolicyDrop(),
                new ForwardRuleDrop(),
                new InputDrop(),
                new OutputDrop(),
                new PreroutingDrop(),
                new PostroutingDrop(),
                new DestinationInputDrop(),
                new FirewallReject(),
                new AcceptNotFinal(),
                new LegacyAndNft(),
                new NetworkIsolation(),
                new RateLimited(),
                new ConntrackInvalid(),
                new NfqueueNoListener(),
                new BridgeNetfilter(),
                new L2FilterDrop(),
                new IngressFilterDrop());
    }
}
