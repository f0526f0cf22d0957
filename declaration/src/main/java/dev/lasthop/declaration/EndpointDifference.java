package dev.lasthop.declaration;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.declaration.Action.Verb;
import dev.lasthop.wiring.AttachedLink;
import dev.lasthop.wiring.BridgePort;
import dev.lasthop.wiring.Change;
import dev.lasthop.wiring.Change.RateChange;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.DefaultRoute;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.ExtraRoutes;
import dev.lasthop.wiring.ExtraRoutes.ExtraRoute;
import dev.lasthop.wiring.InterfaceMtu;
import dev.lasthop.wiring.KernelParameters;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.RateLimits;
import dev.lasthop.wiring.Settings;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.step.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What is different about a connected endpoint, and what changes it while it stays connected. Addresses that the file leaves open are as they are. */
record EndpointDifference(Endpoint endpoint, List<PublishedPort> ports, ConnectSpec wanted, Network network) {
    static String subject(String endpoint, String network) {
        return "endpoint " + endpoint + " on " + network;
    }

    static List<String> words(ConnectSpec spec) {
        List<String> details = new ArrayList<>();
        details.add(spec.place().label());
        spec.addresses().forEach(address -> details.add("ip " + address));
        spec.ports().forEach(port -> details.add("publish " + port.words()));
        spec.hostLink().ifPresent(link -> details.add("link " + link));
        if (spec.settings().has(DefaultRoute.class)) {
            details.add("default-route");
        }
        BridgePort bridged = port(spec.settings());
        if (bridged.hairpin()) {
            details.add("hairpin");
        }
        if (bridged.isolated()) {
            details.add("isolated");
        }
        bridged.vlan().ifPresent(vlan -> details.add("VLAN " + vlan));
        mtu(spec.settings()).ifPresent(mtu -> details.add("MTU " + mtu));
        RateLimits rates = rates(spec.settings());
        rates.in().ifPresent(rate -> details.add("rate-in " + rate));
        rates.out().ifPresent(rate -> details.add("rate-out " + rate));
        routes(spec.settings()).forEach(route -> details.add("route " + route));
        parameters(spec.settings()).forEach((name, value) -> details.add(name + " = " + value));
        return details;
    }

    /** What is only said when an endpoint is connected, and is different. */
    static List<String> anew(Endpoint endpoint, ConnectSpec wanted, Network network) {
        List<String> details = new ArrayList<>();
        BridgePort port = port(wanted.settings());
        BridgePort all = port(network.settings());
        var both = new BridgePort(
                port.hairpin() || all.hairpin(),
                port.isolated() || all.isolated(),
                port.vlan().isPresent() ? port.vlan() : all.vlan());
        if (!both.equals(port(endpoint.settings()))) {
            details.add("hairpin, isolated or vlan is different");
        }
        boolean claims = endpoint.settings()
                .find(DefaultRoute.class)
                .filter(route -> route.claim() > 0)
                .isPresent();
        if (claims != wanted.settings().has(DefaultRoute.class)) {
            details.add(claims ? "no default-route of its own wish" : "default-route");
        }
        Optional<String> link = endpoint.settings().find(AttachedLink.class).map(AttachedLink::name);
        wanted.hostLink()
                .filter(other -> !link.equals(Optional.of(other)))
                .ifPresent(other -> details.add("link " + link.orElse("none") + " → " + other));
        return details;
    }

    private static BridgePort port(Settings settings) {
        return settings.find(BridgePort.class).orElse(BridgePort.PLAIN);
    }

    List<Action> unpublished() {
        return ports.stream()
                .filter(port -> !wanted.ports().contains(port))
                .map(port -> action("unpublish " + port.words(), wiring -> wiring.unpublish(id(), port)))
                .toList();
    }

    List<Action> published() {
        return wanted.ports().stream()
                .filter(port -> !ports.contains(port))
                .map(port -> action("publish " + port.words(), publishing(port)))
                .toList();
    }

    private Consumer<Wiring> publishing(PublishedPort port) {
        return wiring -> wiring.publish(id(), port);
    }

    /** Of this connection, not of the endpoint's others. */
    private String id() {
        return endpoint.name() + "@" + endpoint.network();
    }

    /** One change for all that is different, or none. */
    List<Action> changed() {
        List<String> details = new ArrayList<>();
        Change change = parameters(details, routes(details, link(details, addresses(details))));
        return details.isEmpty()
                ? List.of()
                : List.of(new Action(
                        Verb.CHANGE,
                        subject(endpoint.name(), endpoint.network()),
                        endpoint.network(),
                        details,
                        wiring -> wiring.change(endpoint.name(), endpoint.network(), change)));
    }

    private Action action(String detail, Consumer<Wiring> work) {
        return new Action(
                Verb.CHANGE, subject(endpoint.name(), endpoint.network()), endpoint.network(), List.of(detail), work);
    }

    private Change addresses(List<String> details) {
        List<IpAddress> others = wanted.addresses().stream()
                .filter(address -> !endpoint.address(address.family()).equals(Optional.of(address)))
                .toList();
        others.forEach(address -> details.add("ip "
                + endpoint.address(address.family()).map(IpAddress::toString).orElse("none") + " → " + address));
        return Change.NOTHING.withAddresses(others);
    }

    private Change link(List<String> details, Change before) {
        Change change = before;
        Optional<MacAddress> mac = wanted.mac().filter(other -> !other.equals(endpoint.mac()));
        if (mac.isPresent()) {
            details.add("MAC " + endpoint.mac() + " → " + mac.get());
            change = change.withMac(mac.get());
        }
        int mtu = mtu(endpoint.settings()).orElse(network.mtu());
        int otherMtu = mtu(wanted.settings()).orElse(network.mtu());
        if (mtu != otherMtu) {
            details.add("MTU " + mtu + " → " + otherMtu);
            change = change.withMtu(otherMtu);
        }
        RateLimits rates = rates(endpoint.settings());
        RateLimits others = rates(wanted.settings());
        if (!rates.in().equals(others.in())) {
            details.add("rate-in " + word(rates.in()) + " → " + word(others.in()));
            change = change.withRateIn(new RateChange(others.in()));
        }
        if (!rates.out().equals(others.out())) {
            details.add("rate-out " + word(rates.out()) + " → " + word(others.out()));
            change = change.withRateOut(new RateChange(others.out()));
        }
        return change;
    }

    private Change routes(List<String> details, Change before) {
        List<ExtraRoute> routes = routes(endpoint.settings());
        List<ExtraRoute> others = routes(wanted.settings());
        List<ExtraRoute> added =
                others.stream().filter(route -> !routes.contains(route)).toList();
        List<Prefix> removed = routes.stream()
                .map(ExtraRoute::destination)
                .filter(destination ->
                        others.stream().noneMatch(route -> route.destination().equals(destination)))
                .toList();
        removed.forEach(destination -> details.add("no route to " + destination));
        added.forEach(route -> details.add("route " + route));
        return before.withRoutes(added).withoutRoutes(removed);
    }

    private Change parameters(List<String> details, Change before) {
        SortedMap<String, String> values = parameters(endpoint.settings());
        SortedMap<String, String> others = new KernelParameters(parameters(wanted.settings()))
                .on(endpoint.interfaceName())
                .values();
        var set = new TreeMap<String, String>();
        others.forEach((name, value) -> {
            if (!value.equals(values.get(name))) {
                details.add(name + " " + (values.containsKey(name) ? values.get(name) + " → " : "= ") + value);
                set.put(name, value);
            }
        });
        List<String> removed = values.keySet().stream()
                .filter(name -> !others.containsKey(name))
                .toList();
        removed.forEach(name -> details.add(name + " as before"));
        return before.withParameters(set).withoutParameters(removed);
    }

    private static String word(Optional<Rate> rate) {
        return rate.map(Rate::toString).orElse("unlimited");
    }

    private static Optional<Integer> mtu(Settings settings) {
        return settings.find(InterfaceMtu.class).map(InterfaceMtu::bytes);
    }

    private static RateLimits rates(Settings settings) {
        return settings.find(RateLimits.class).orElseGet(() -> new RateLimits(Optional.empty(), Optional.empty()));
    }

    private static List<ExtraRoute> routes(Settings settings) {
        return settings.find(ExtraRoutes.class).map(ExtraRoutes::all).orElse(List.of());
    }

    private static SortedMap<String, String> parameters(Settings settings) {
        return settings.find(KernelParameters.class)
                .map(KernelParameters::values)
                .orElseGet(TreeMap::new);
    }
}
