package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Rate;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import dev.lasthop.wiring.step.TrafficStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What makes an endpoint differ from the others of its network: MTU, MAC address, rates, routes, kernel parameters. The steps from one state
 * of the record to the next, at connect time and on a living endpoint alike.
 */
record Tuning(Network network) {
    private static final int LEAST_MTU = 68; // RFC 791
    private static final int LEAST_IPV6_MTU = 1280; // RFC 8200

    /** The interface, and the host's end, are there and up. */
    List<Step> steps(Endpoint before, Endpoint after) {
        List<Step> steps = new ArrayList<>();
        mtu(before, after, steps);
        if (!before.mac().equals(after.mac())) {
            steps.addAll(mac(after));
        }
        rates(before, after, steps);
        routes(before, after, steps);
        parameters(before, after, steps);
        return steps;
    }

    /** The endpoint with nothing of its own. */
    static Endpoint plain(Endpoint endpoint) {
        return endpoint.with(endpoint.settings()
                .without(InterfaceMtu.class)
                .without(RateLimits.class)
                .without(ExtraRoutes.class)
                .without(KernelParameters.class));
    }

    /** What of it is not gone with the endpoint's interface. */
    static List<Step> removal(Endpoint endpoint) {
        return RateLimits.of(endpoint.settings()).out().isEmpty()
                ? List.of()
                : List.of(new LinkStep.Delete(Place.HOST, rateLink(endpoint)));
    }

    static String rateLink(Endpoint endpoint) {
        return Names.rateLink(endpoint.name(), endpoint.network());
    }

    int mtu(Endpoint endpoint) {
        return endpoint.settings()
                .find(InterfaceMtu.class)
                .map(InterfaceMtu::bytes)
                .orElse(network.mtu());
    }

    /** Refuses what the endpoint cannot have. */
    void check(Endpoint endpoint) {
        boolean ipv6 = endpoint.address(Family.IPV6).isPresent();
        int least = ipv6 ? LEAST_IPV6_MTU : LEAST_MTU;
        int mtu = mtu(endpoint);
        if (endpoint.settings().has(InterfaceMtu.class) && (mtu < least || mtu > network.mtu())) {
            throw WiringException.wrong(
                    "an MTU of " + mtu + " bytes does not work for " + endpoint.name() + ": it must be " + least
                            + " to " + network.mtu() + ", which is that of network " + network.name());
        }
        RateLimits rates = RateLimits.of(endpoint.settings());
        if (!rates.equals(RateLimits.NONE) && endpoint.hostLink().isEmpty()) {
            throw new WiringException("the rate of " + endpoint.name() + " cannot be limited: on network "
                    + network.name() + " (" + network.driver() + ") the host has no interface of its own for it");
        }
        for (ExtraRoutes.ExtraRoute route : ExtraRoutes.of(endpoint.settings()).all()) {
            if (endpoint.address(route.destination().family()).isEmpty()) {
                throw WiringException.wrong("route " + route + " does not work for " + endpoint.name() + ": it has no "
                        + route.destination().family() + " address on " + network.name());
            }
        }
    }

    private void mtu(Endpoint before, Endpoint after, List<Step> steps) {
        int mtu = mtu(after);
        if (mtu != mtu(before)) {
            steps.add(new LinkStep.Mtu(after.place(), after.interfaceName(), mtu));
            after.hostLink().ifPresent(link -> steps.add(new LinkStep.Mtu(Place.HOST, link, mtu)));
        }
    }

    /** Along with an announcement of the new address: or neighbours go on sending to the old one until they give it up. */
    static List<Step> mac(Endpoint endpoint) {
        Place place = endpoint.place();
        String link = endpoint.interfaceName();
        List<Step> steps = new ArrayList<>();
        for (Prefix address : endpoint.addresses()) {
            steps.add(new SysctlStep(place, announcement(address.family(), link), "1"));
        }
        steps.add(new LinkStep.Mac(place, link, endpoint.mac()));
        for (Prefix address : endpoint.addresses()) {
            steps.add(new SysctlStep(place, announcement(address.family(), link), "0"));
        }
        return steps;
    }

    private static String announcement(Family family, String link) {
        return family == Family.IPV4
                ? "net/ipv4/conf/" + link + "/arp_notify"
                : "net/ipv6/conf/" + link + "/ndisc_notify";
    }

    private void rates(Endpoint before, Endpoint after, List<Step> steps) {
        RateLimits old = RateLimits.of(before.settings());
        RateLimits wanted = RateLimits.of(after.settings());
        if (after.hostLink().isEmpty()) {
            return;
        }
        String link = after.hostLink().get();
        boolean other = mtu(before) != mtu(after);
        if (wanted.in().isPresent() && (other || !wanted.in().equals(old.in()))) {
            steps.add(limit(link, wanted.in().get(), after));
        } else if (wanted.in().isEmpty() && old.in().isPresent()) {
            steps.add(new TrafficStep.Unlimit(Place.HOST, link));
        }
        String waiting = rateLink(after);
        if (wanted.out().isPresent() && old.out().isEmpty()) {
            steps.addAll(redirection(link, waiting, wanted.out().get(), after));
        } else if (wanted.out().isPresent() && (other || !wanted.out().equals(old.out()))) {
            steps.add(limit(waiting, wanted.out().get(), after));
        } else if (wanted.out().isEmpty() && old.out().isPresent()) {
            steps.add(new TrafficStep.DeleteRedirect(Place.HOST, link));
            steps.add(new TrafficStep.DeleteClassifier(Place.HOST, link));
            steps.add(new LinkStep.Delete(Place.HOST, waiting));
        }
    }

    /** What an interface receives cannot wait there: it is led through another that only sends. */
    private List<Step> redirection(String link, String waiting, Rate rate, Endpoint endpoint) {
        return List.of(
                new LinkStep.Create(
                        Place.HOST,
                        waiting,
                        new LinkStep.Ifb(),
                        Optional.of(Names.mac("rate", endpoint.name(), endpoint.network())),
                        OptionalInt.empty()),
                LinkStep.up(Place.HOST, waiting),
                limit(waiting, rate, endpoint),
                new TrafficStep.AddClassifier(Place.HOST, link),
                new TrafficStep.Redirect(Place.HOST, link, waiting));
    }

    private Step limit(String link, Rate rate, Endpoint endpoint) {
        return TrafficStep.Limit.of(Place.HOST, link, rate, mtu(endpoint));
    }

    private void routes(Endpoint before, Endpoint after, List<Step> steps) {
        List<ExtraRoutes.ExtraRoute> old = ExtraRoutes.of(before.settings()).all();
        List<ExtraRoutes.ExtraRoute> wanted = ExtraRoutes.of(after.settings()).all();
        old.stream()
                .filter(route -> !wanted.contains(route))
                .forEach(route -> steps.add(new RouteStep.Delete(after.place(), route.on(after, network))));
        wanted.stream().filter(route -> !old.contains(route)).forEach(route -> steps.add(add(after, route)));
    }

    private Step add(Endpoint endpoint, ExtraRoutes.ExtraRoute route) {
        return new RouteStep.Add(endpoint.place(), route.on(endpoint, network));
    }

    private static void parameters(Endpoint before, Endpoint after, List<Step> steps) {
        Map<String, String> old = KernelParameters.of(before.settings()).values();
        Map<String, String> wanted = KernelParameters.of(after.settings()).values();
        old.keySet().stream()
                .filter(key -> !wanted.containsKey(key))
                .forEach(key -> before.undo().stream()
                        .filter(step -> isOf(step, key))
                        .findFirst()
                        .ifPresent(steps::add));
        wanted.forEach((key, value) -> {
            if (!value.equals(old.get(key))) {
                steps.add(new SysctlStep(after.place(), key, value));
            }
        });
    }

    static boolean isOf(Step step, String key) {
        return step instanceof SysctlStep sysctl && sysctl.key().equals(key);
    }

    /** The steps that repair what of it is not there. */
    void compare(Endpoint endpoint, HostView host, HostView inside, Places places, Differences differences) {
        String who = endpoint.id();
        String link = endpoint.interfaceName();
        if (endpoint.settings().has(InterfaceMtu.class)) {
            Step mtu = new LinkStep.Mtu(endpoint.place(), link, mtu(endpoint));
            missing(mtu, places, differences, "MTU of " + link + " of " + who + " was changed");
            endpoint.hostLink()
                    .ifPresent(name -> missing(
                            new LinkStep.Mtu(Place.HOST, name, mtu(endpoint)),
                            places,
                            differences,
                            "MTU of " + name + " of " + who + " was changed"));
        }
        compareRates(endpoint, host, places, differences);
        for (ExtraRoutes.ExtraRoute route : ExtraRoutes.of(endpoint.settings()).all()) {
            missing(
                    add(endpoint, route),
                    places,
                    differences,
                    "route " + route.destination() + " of " + who + " is gone");
        }
    }

    /**
     * The steps that set kernel parameters again.
     *
     * @param others endpoints of the same namespace: a parameter that one of them has set since is as it is to be
     */
    static void compareParameters(Endpoint endpoint, List<Endpoint> others, HostView inside, Differences differences) {
        KernelParameters.of(endpoint.settings()).values().forEach((key, value) -> {
            Optional<String> now = inside.site().sysctl(key);
            boolean right = now.isEmpty()
                    || Stream.concat(
                                    Stream.of(value),
                                    others.stream()
                                            .flatMap(other -> Stream.ofNullable(KernelParameters.of(other.settings())
                                                    .values()
                                                    .get(key))))
                            .anyMatch(wanted -> KernelParameters.isSame(now.get(), wanted));
            if (!right) {
                differences.found(
                        key + " of " + endpoint.id() + " is " + now.get() + ", not " + value,
                        new SysctlStep(endpoint.place(), key, value));
            }
        });
    }

    private void compareRates(Endpoint endpoint, HostView host, Places places, Differences differences) {
        RateLimits rates = RateLimits.of(endpoint.settings());
        String link = endpoint.hostLink().orElse("");
        if (rates.in().isPresent()) {
            missing(
                    limit(link, rates.in().get(), endpoint),
                    places,
                    differences,
                    "what goes into " + endpoint.id() + " is not limited to "
                            + rates.in().get());
        }
        if (rates.out().isPresent()) {
            String waiting = rateLink(endpoint);
            List<Step> steps =
                    new ArrayList<>(redirection(link, waiting, rates.out().get(), endpoint));
            if (host.link(waiting).isPresent()) {
                steps.removeIf(step -> !(step instanceof TrafficStep && isMissing(step, places)));
                steps.addAll(0, upIfDown(waiting, places));
            }
            if (!steps.isEmpty()) {
                differences.found(
                        "what comes out of " + endpoint.id() + " is not limited to "
                                + rates.out().get(),
                        steps);
            }
        }
    }

    private static List<Step> upIfDown(String link, Places places) {
        Step up = LinkStep.up(Place.HOST, link);
        return isMissing(up, places) ? List.of(up) : List.of();
    }

    private static void missing(Step step, Places places, Differences differences, String what) {
        if (isMissing(step, places)) {
            differences.found(what, step);
        }
    }

    /** There would be something to take back: so it is not there now. */
    private static boolean isMissing(Step step, Places places) {
        List<Step> undo = step.undo(places);
        boolean same = undo.size() == 1
                && undo.getFirst() instanceof TrafficStep.Limit before
                && step instanceof TrafficStep.Limit wanted
                && before.rate().equals(new Rate(wanted.rate().bytesPerSecond() * Byte.SIZE));
        return !undo.isEmpty() && !same;
    }
}
