package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Place;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The interface's IPv6 address may not be used: somebody else on the segment has it, or the kernel is still asking. */
public final class Ipv6DadFailed implements Fault {
    /** Stateless. */
    public Ipv6DadFailed() {}

    @Override
    public Page page() {
        return new Page(
                "ipv6-dad-failed",
                Group.ADDRESSES,
                "An IPv6 address is tentative, or is somebody else's",
                "The address has IFA_F_DADFAILED (the kernel asked the segment, and somebody has it already) or still "
                        + "IFA_F_TENTATIVE; nothing is sent from it, and nobody is answered.",
                "Where the other owner can be seen, the interface gets an address that nobody has; else the person decides which of the "
                        + "two keeps it. A tentative address needs a second or two.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Stream.concat(
                        dossier.obstacle(Obstacle.AddressNotUsable.class),
                        dossier.obstacle(Obstacle.LinkLocalSource.class).flatMap(local -> instead(dossier).stream()))
                .limit(1)
                .map(unusable -> finding(dossier, unusable.place(), unusable.address()));
    }

    /** The sender has nothing but its link-local address, and an address that it may not use. */
    static Optional<Obstacle.AddressNotUsable> instead(Dossier dossier) {
        return dossier.source().addresses().stream()
                .filter(address -> address.prefix().family() == Family.IPV6
                        && !address.address().isLinkLocal()
                        && (address.flags() & (InterfaceAddress.DAD_FAILED | InterfaceAddress.TENTATIVE)) != 0)
                .findFirst()
                .flatMap(address -> dossier.source()
                        .link(address.link())
                        .map(link -> new Obstacle.AddressNotUsable(Place.of(dossier.source(), link), address)));
    }

    private Finding finding(Dossier dossier, Place place, InterfaceAddress address) {
        boolean failed = (address.flags() & InterfaceAddress.DAD_FAILED) != 0;
        Optional<String> other = otherOwner(dossier, place, address.address());
        String why = failed
                ? "when the kernel asked the segment, somebody had it already"
                        + other.map(owner -> ": " + owner).orElse("")
                : "the kernel is still asking the segment whether anybody has it";
        return Finding.of(
                        this,
                        dossier.agreement(),
                        "%s on %s in %s may not be used: %s."
                                .formatted(address.address(), place.linkName(), place.namespaceName(), why))
                .because(dossier.bracket())
                .because("address", address.address() + " is " + (failed ? "dadfailed" : "tentative") + " on " + place)
                .mendedBy(failed ? remedy(dossier, place, address, other) : wait(place));
    }

    private static Remedy wait(Place place) {
        return Remedy.advice(
                "wait a second or two, and try again; or add the address with nodad",
                "ip -n " + place.namespaceName().replaceFirst("^netns:", "") + " address show tentative");
    }

    private static Remedy remedy(Dossier dossier, Place place, InterfaceAddress address, Optional<String> other) {
        Optional<Prefix> free = other.flatMap(owner -> Surroundings.of(dossier, place, Family.IPV6))
                .filter(around -> around.gateway().contains(address.address()))
                .flatMap(around -> around.freeAddress(dossier));
        if (free.isEmpty()) {
            return Remedy.advice("find out who has " + address.address() + ", and give one of the two another address");
        }
        List<Step> steps = new ArrayList<>();
        steps.add(new AddressStep.Delete(Where.of(place), place.linkName(), address.prefix()));
        steps.add(new AddressStep.Add(Where.of(place), place.linkName(), free.get(), true));
        steps.addAll(Surroundings.lost(dossier, place, Family.IPV6));
        return Remedy.of("give it " + free.get() + ", which nobody has", "interface", steps);
    }

    private static Optional<String> otherOwner(Dossier dossier, Place place, IpAddress address) {
        return dossier.before().namespaces().stream()
                .flatMap(state -> state.addresses().stream()
                        .filter(one -> one.address().equals(address)
                                && (state.inode() != place.namespace()
                                        || !one.link().equals(place.link())))
                        .flatMap(one -> state.link(one.link()).stream())
                        .map(link -> Place.of(state, link).toString()))
                .findFirst();
    }
}
