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
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The other end of the veth pair is in a namespace where it does not belong. */
public final class PeerMissing implements Fault {
    /** Stateless. */
    public PeerMissing() {}

    @Override
    public Page page() {
        return new Page(
                "peer-missing",
                Group.LINKS,
                "The other end of the veth pair is in another namespace",
                "The veth's other end (IFLA_LINK, IFLA_LINK_NETNSID) hangs loose in a namespace that forwards nothing and has not the next "
                        + "hop, while a bridge of another one has it. What either side still remembers of the other makes it surer.",
                "The end is moved to where the bridge is, and made a port of it.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        if (dossier.observation().answered() > 0) {
            return Stream.empty();
        }
        return StrayedPeer.in(dossier).stream().map(strayed -> finding(dossier, strayed));
    }

    private Finding finding(Dossier dossier, StrayedPeer strayed) {
        Finding finding = Finding.of(
                        this,
                        strayed.doubtful() ? 0.6 : strayed.remembered().isPresent() ? 0.95 : 0.7,
                        "The other end of the sender's veth pair is %s, where it is part of nothing; %s is in %s, on the segment of %s."
                                .formatted(
                                        strayed.end(),
                                        strayed.nextHop(),
                                        strayed.home().namespaceName(),
                                        strayed.home().linkName()))
                .because(dossier.bracket())
                .because("link", strayed.end() + " has no master, no address and no route");
        Finding proved = strayed.remembered()
                .map(words -> finding.because("neighbor", words))
                .orElse(finding);
        return proved.mendedBy(remedy(dossier, strayed));
    }

    private static Remedy remedy(Dossier dossier, StrayedPeer strayed) {
        String name = strayed.end().linkName();
        boolean taken = dossier.namespace(strayed.home().namespace())
                .flatMap(state -> state.link(name))
                .isPresent();
        if (strayed.doubtful()) {
            return Remedy.advice("move " + strayed.end()
                    + " to where it belongs, and attach it to the bridge there: several bridges have "
                    + strayed.nextHop());
        }
        if (taken) {
            return Remedy.advice("move " + strayed.end() + " to "
                    + strayed.home().namespaceName() + " under another name, and attach it to "
                    + strayed.home().linkName());
        }
        Place from = Where.of(strayed.end());
        Place home = Where.of(strayed.home());
        return Remedy.of(
                        "move it to " + home.label() + ", and attach it to "
                                + strayed.home().linkName(),
                        "interface",
                        new LinkStep.Move(from, name, home, name),
                        new LinkStep.Master(
                                home, name, Optional.of(strayed.home().linkName())),
                        LinkStep.up(home, name))
                .undoneBy(new LinkStep.Move(home, name, from, name), LinkStep.up(from, name));
    }

    @Override
    public List<Injection> injections() {
        return Injection.across(
                Injection.inEach(family -> Injection.of(
                                "bridge",
                                Injection.Ask.CONTAINER_PINGS_WORLD,
                                Verdict.NOT_SENT,
                                Side.REQUEST,
                                scene -> List.of(
                                        new LinkStep.Move(
                                                scene.node(), scene.hostEnd(), scene.outside(), scene.hostEnd()),
                                        LinkStep.up(scene.outside(), scene.hostEnd())))
                        .lastSeenAt(At.CONTAINER_OUT)),
                "siblings",
                "published");
    }
}
