package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/**
 * An interface of the host, moved to the endpoint and back. Where the namespace ends first, the kernel destroys a virtual interface along
 * with it, and sends a physical one to the initial namespace under whatever name it had: from there it is fetched by its MAC address.
 */
record AttachPlans() implements DriverPlans {
    /** An interface that does not come in that time was unplugged, or the host is not the initial namespace, where they all go. */
    private static final Duration WAY_HOME = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(20);

    @Override
    public Driver settled(NetworkSpec spec, HostView host) {
        if (spec.internal()) {
            throw WiringException.wrong("network " + spec.name()
                    + " cannot be internal: where its interfaces lead is not Lasthop's to say. Without --gateway"
                    + " endpoints have no default route");
        }
        return spec.driver();
    }

    @Override
    public boolean needsSubnet() {
        return false;
    }

    @Override
    public int mtu(Driver settled, OptionalInt asked, HostView host) {
        if (asked.isPresent()) {
            throw WiringException.wrong("an interface that is attached keeps its own MTU; leave out --mtu");
        }
        return 0;
    }

    @Override
    public Optional<IpAddress> usualGateway(Prefix subnet) {
        return Optional.empty();
    }

    @Override
    public Optional<String> home(Driver settled) {
        return Optional.empty();
    }

    /** The host may well be on the same network, by the very interface that is to go. */
    @Override
    public Optional<String> overlap(Driver settled, HostView host, Prefix subnet) {
        return Optional.empty();
    }

    @Override
    public boolean crossesHost() {
        return false;
    }

    @Override
    public List<Step> network(Network network, HostView host) {
        return List.of();
    }

    @Override
    public void compare(Network network, HostView host, Differences differences) {
        // there is nothing of it on the host
    }

    @Override
    public void requireReady(Network network, ConnectSpec spec, HostView host, EndpointPlans connections) {
        String name = Names.checkedInterface(spec.hostLink()
                .orElseThrow(() -> WiringException.wrong("network " + network.name()
                        + " needs to be told which interface of the host the endpoint is to get: --link NAME")));
        LinkMessage link = host.link(name)
                .orElseThrow(() -> new WiringException(
                        "there is no interface " + name + " on the host; ip link shows those there are"));
        if ((link.flags() & LinkMessage.LOOPBACK) != 0) {
            throw new WiringException("interface " + name + " cannot be attached: each namespace has its own");
        }
        if (host.mac(name).isEmpty()) {
            throw new WiringException(
                    "interface " + name + " cannot be attached: it has no MAC address, by which it is found again");
        }
        link.attributes().get(LinkMessage.MASTER).ifPresent(master -> {
            throw new WiringException("interface " + name + " cannot be attached: it is a port of " + host.name(master)
                    + ". ip link set " + name + " nomaster takes it off");
        });
        if (host.carriesDefaultRoute(link.index())) {
            throw new WiringException("interface " + name
                    + " cannot be attached: it carries the host's default route, and the host would be cut off");
        }
    }

    @Override
    public Optional<String> hostLink(String endpoint, Network network, HostView host) {
        return Optional.empty();
    }

    @Override
    public Optional<MacAddress> givenMac(ConnectSpec spec, Network network, HostView host) {
        return spec.hostLink().flatMap(host::mac);
    }

    @Override
    public List<Prefix> givenAddresses(ConnectSpec spec, HostView host) {
        return remembered(spec, host)
                .find(AttachedLink.class)
                .map(AttachedLink::addresses)
                .orElse(List.of());
    }

    @Override
    public Settings remembered(ConnectSpec spec, HostView host) {
        String name = spec.hostLink().orElseThrow();
        LinkMessage link = host.link(name).orElseThrow();
        return Settings.NONE.with(new AttachedLink(
                name,
                host.mac(name).orElse(MacAddress.ZERO),
                link.attributes().get(LinkMessage.MTU).orElse(0),
                (link.flags() & LinkMessage.UP) != 0,
                link.kind().isEmpty(),
                LinkStep.hanging(host.site(), name)));
    }

    @Override
    public List<Step> link(Endpoint endpoint, Network network, HostView host) {
        AttachedLink attached = attached(endpoint);
        List<Step> steps = new ArrayList<>();
        steps.add(new LinkStep.Move(Place.HOST, attached.name(), endpoint.place(), endpoint.interfaceName()));
        if (!endpoint.mac().equals(attached.mac())) {
            steps.add(new LinkStep.Mac(endpoint.place(), endpoint.interfaceName(), endpoint.mac()));
        }
        return steps;
    }

    @Override
    public boolean canRemake(Endpoint endpoint, HostView host) {
        return host.link(attached(endpoint).name()).isPresent();
    }

    @Override
    public List<Step> removal(Endpoint endpoint, Network network, Places places) {
        AttachedLink attached = attached(endpoint);
        HostView host = new HostView(places.at(Place.HOST));
        Optional<HostView> namespace = Inside.of(endpoint, places);
        Optional<LinkMessage> inside = namespace
                .flatMap(view -> view.link(endpoint.interfaceName()))
                .filter(link -> is(link, endpoint, attached));
        Optional<LinkMessage> home = host.link(attached.name());
        boolean isHome = home.filter(link -> is(link, endpoint, attached)).isPresent();
        // a name that another took meanwhile is that one's; a free one is better than staying away
        String name =
                home.isPresent() && !isHome ? Names.hostEnd(endpoint.name(), endpoint.network()) : attached.name();
        if (inside.isPresent()) {
            Step back = new LinkStep.Move(endpoint.place(), endpoint.interfaceName(), Place.HOST, name);
            return restored(attached, name, List.of(back));
        }
        if (isHome) {
            return restored(attached, name, List.of());
        }
        boolean isOnItsWay = namespace.isEmpty() && attached.physical();
        return home(host, endpoint, attached, isOnItsWay ? WAY_HOME : Duration.ZERO)
                .map(link -> restored(
                        attached,
                        name,
                        List.of(
                                LinkStep.down(Place.HOST, link.name()),
                                new LinkStep.Rename(Place.HOST, link.name(), name))))
                .orElse(List.of()); // it went along with its namespace
    }

    /**
     * A physical interface, where it came home under whatever name. The kernel takes namespaces apart when it has time, and until then the
     * interface is nowhere.
     */
    private static Optional<LinkMessage> home(HostView host, Endpoint endpoint, AttachedLink attached, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<LinkMessage> found = host.site().route().links().stream()
                    .filter(link -> link.kind().isEmpty() && is(link, endpoint, attached))
                    .findFirst();
            if (found.isPresent() || System.nanoTime() >= end) {
                return found;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static List<Step> restored(AttachedLink attached, String name, List<Step> first) {
        List<Step> steps = new ArrayList<>(first);
        steps.add(new LinkStep.Mac(Place.HOST, name, attached.mac()));
        steps.add(new LinkStep.Mtu(Place.HOST, name, attached.mtu()));
        steps.add(new LinkStep.Flag(Place.HOST, name, LinkStep.LinkFlag.UP, attached.up()));
        if (name.equals(attached.name())) {
            steps.addAll(attached.hanging());
        }
        return steps;
    }

    private static boolean is(LinkMessage link, Endpoint endpoint, AttachedLink attached) {
        Optional<MacAddress> mac = Inside.mac(link);
        return mac.equals(Optional.of(endpoint.mac())) || mac.equals(Optional.of(attached.mac()));
    }

    @Override
    public void compare(Network network, Endpoint endpoint, HostView host, Differences differences) {
        // there is nothing of it on the host
    }

    @Override
    public Optional<String> entrance(Network network, Endpoint endpoint) {
        return Optional.empty();
    }

    private static AttachedLink attached(Endpoint endpoint) {
        return endpoint.settings()
                .find(AttachedLink.class)
                .orElseThrow(() -> new WiringException(
                        "the record of " + endpoint.id() + " does not say which interface it was given"));
    }
}
