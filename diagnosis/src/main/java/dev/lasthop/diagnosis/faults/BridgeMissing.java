package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.LinkStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The bridge is gone. */
public final class BridgeMissing implements Fault {
    /** Stateless. */
    public BridgeMissing() {}

    @Override
    public Page page() {
        return new Page(
                "bridge-missing",
                Group.LINKS,
                "The bridge does not exist",
                "The host end of the veth pair hangs loose in a namespace that has no bridge at all, "
                        + "and nobody answers for the gateway.",
                "The bridge is created again with its address, and the loose ends are attached.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Unanswered.in(dossier, Unanswered.Cause.BRIDGE_MISSING).map(found -> {
            var end = Unanswered.looseEnd(dossier, found.what()).orElseThrow();
            int length = Unanswered.own(dossier, found.what())
                    .filter(prefix -> prefix.contains(found.what().wanted()))
                    .mapToInt(dev.lasthop.address.Prefix::length)
                    .findFirst()
                    .orElse(found.what().wanted().family().bits());
            var host = Where.of(end);
            String bridge = LostName.of(dossier, end);
            return Finding.of(
                            this,
                            dossier.agreement(),
                            "%s should be a port of a bridge, but there is no bridge in %s at all: nobody is there that answers for %s."
                                    .formatted(
                                            end.linkName(),
                                            end.namespaceName(),
                                            found.what().wanted()))
                    .because(dossier.bracket())
                    .because("link", end + " has no master, and " + end.namespaceName() + " has no bridge")
                    .mendedBy(Remedy.of(
                            "create the bridge " + bridge + " again and attach " + end.linkName(),
                            "network",
                            new LinkStep.Create(
                                    host,
                                    bridge,
                                    new LinkStep.Bridge(),
                                    Optional.empty(),
                                    java.util.OptionalInt.empty()),
                            LinkStep.up(host, bridge),
                            new AddressStep.Add(
                                    host,
                                    bridge,
                                    new dev.lasthop.address.Prefix(found.what().wanted(), length),
                                    true),
                            new LinkStep.Master(host, end.linkName(), Optional.of(bridge))));
        });
    }

    @Override
    public List<Injection> injections() {
        return List.of(Injection.of(
                "bridge",
                Injection.Ask.CONTAINER_PINGS_WORLD,
                Verdict.NOT_SENT,
                Side.REQUEST,
                scene -> List.of(new LinkStep.Delete(scene.node(), scene.bridge()))));
    }
}
