package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Place;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Route;
import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.stream.Stream;

/** The netmask is too wide. */
public final class WrongPrefixLength implements Fault {
    /** Stateless. */
    public WrongPrefixLength() {}

    @Override
    public Page page() {
        return new Page(
                "wrong-prefix-length",
                Group.ADDRESSES,
                "The prefix is too wide: a remote host is looked for on the link",
                "The destination lies inside the source's on-link prefix and outside that of the router "
                        + "on the same segment, which answers.",
                "The address gets the prefix length that the router has.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        return Unanswered.in(dossier, Unanswered.Cause.WRONG_PREFIX_LENGTH).map(found -> {
            var from = found.what().from();
            int right = found.routerAddress().orElseThrow().length();
            var wide = Unanswered.own(dossier, found.what())
                    .filter(prefix -> prefix.contains(found.what().wanted()))
                    .findFirst();
            String address = wide.map(Object::toString).orElse("its address");
            Finding finding = Finding.of(
                            this,
                            dossier.agreement(),
                            "%s has %s, so it looks for %s on its own link. The router there has a /%d: the destination is behind it, not beside it."
                                    .formatted(from, address, found.what().wanted(), right))
                    .because(dossier.bracket())
                    .because(
                            "route",
                            found.what().route().destination() + " dev " + from.linkName() + " covers "
                                    + found.what().wanted())
                    .because(
                            "link",
                            found.router().orElseThrow() + " has "
                                    + found.routerAddress().get());
            return wide.isEmpty()
                    ? finding
                    : finding.mendedBy(Remedy.of(
                            "give the address its right length, /" + right,
                            "interface",
                            steps(dossier, from, wide.get(), right)));
        });
    }

    /** IPv6 has an address once on a link, whatever its length; IPv4 loses the routes by way of it if it is gone for a moment. */
    private static List<Step> steps(Dossier dossier, Place from, Prefix wide, int length) {
        List<Prefix> own = dossier.namespace(from.namespace()).stream()
                .flatMap(state -> state.addresses(from.link(), wide.family()).stream())
                .map(InterfaceAddress::prefix)
                .filter(prefix -> prefix.address().equals(wide.address()))
                .toList();
        var right = new Prefix(wide.address(), length);
        List<Step> add = own.contains(right)
                ? List.of()
                : List.of(new AddressStep.Add(Where.of(from), from.linkName(), right, true));
        List<Step> delete = own.stream()
                .filter(prefix -> prefix.length() < length)
                .<Step>map(prefix -> new AddressStep.Delete(Where.of(from), from.linkName(), prefix))
                .toList();
        Stream<List<Step>> addresses = wide.family() == Family.IPV6 ? Stream.of(delete, add) : Stream.of(add, delete);
        return Stream.concat(addresses, Stream.of(routes(dossier, from, length)))
                .flatMap(List::stream)
                .toList();
    }

    /** Routes that somebody has added because of the wide prefix: to what is said to be on the link, and is not. */
    private static List<Step> routes(Dossier dossier, Place from, int length) {
        IpAddress wanted = dossier.prediction().question().destination();
        return dossier.namespace(from.namespace()).stream()
                .flatMap(state -> state.routes().stream())
                .filter(route -> route.table() == Route.TABLE_MAIN
                        && route.protocol() != RouteTo.PROTOCOL_KERNEL
                        && route.destination().length() > 0
                        && route.destination().length() < length
                        && route.destination().contains(wanted))
                .filter(route -> route.nextHops().stream()
                        .allMatch(hop -> hop.gateway().isEmpty() && hop.link().equals(from.link())))
                .<Step>map(route -> new RouteStep.Delete(Where.of(from), Where.route(dossier, from.namespace(), route)))
                .toList();
    }

    @Override
    public List<Injection> injections() {
        return Injection.inEach(family -> Injection.of(
                        "two-bridges", Injection.Ask.CONTAINER_PINGS_SECOND, Verdict.NOT_SENT, Side.REQUEST, scene -> {
                            Prefix right = scene.containerAddress(family);
                            var wide = new Prefix(right.address(), family == Family.IPV4 ? 12 : 16);
                            return List.of(
                                    new AddressStep.Delete(scene.container(), scene.containerLink(), right),
                                    new AddressStep.Add(scene.container(), scene.containerLink(), wide, true),
                                    new RouteStep.Replace(
                                            scene.container(),
                                            RouteTo.everywhere(family)
                                                    .via(scene.gateway(family).address())
                                                    .on(scene.containerLink())));
                        })
                .lastSeenAt(At.CONTAINER_OUT));
    }
}
