package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One packet's way through the IP stacks of the namespaces, from its sender to where it ends. */
final class Walk {
    /** For a reply: who waits for it, and with which addresses. */
    record Expected(NamespaceState namespace, Flow flow) {}

    private sealed interface Step {}

    private record Arrived(NamespaceState namespace, Link link, PacketState packet, boolean filtered) implements Step {}

    private record Over(Ending ending) implements Step {}

    private record Visit(long namespace, IfIndex link, Flow flow) {}

    private static final int USUAL_TIME_TO_LIVE = 64;

    private final Journey journey;
    private final Index index;
    private final Gate gate;
    private final Optional<Expected> expected;
    private final List<PathElement> elements = new ArrayList<>();
    private final Set<Visit> visits = new HashSet<>();
    private PacketState delivered;
    private int started;

    Walk(Journey journey, Optional<Expected> expected) {
        this.journey = journey;
        this.index = journey.index();
        this.gate = journey.gate();
        this.expected = expected;
        this.delivered = Packets.plain(Flow.icmp(IpAddress.ANY_IPV4, 0, IpAddress.ANY_IPV4), 0, false, 0, 0, false);
    }

    /** @param source where it is fixed; otherwise chosen by the route */
    Path send(NamespaceState namespace, PacketState packet, Optional<IpAddress> source) {
        Step step = output(namespace, packet, source);
        while (step instanceof Arrived arrived) {
            step = input(arrived);
        }
        return new Path(elements, ((Over) step).ending(), new TreeSet<>(journey.wanted()));
    }

    /** The packet as it was delivered. */
    PacketState delivered() {
        return delivered;
    }

    private Over stop(Obstacle obstacle, Optional<Hop> next) {
        Optional<Hop> last = elements.reversed().stream()
                .filter(Passage.class::isInstance)
                .map(element -> ((Passage) element).hop())
                .findFirst();
        return new Over(new Ending.Stopped(obstacle, last, next));
    }

    private Step output(NamespaceState namespace, PacketState packet, Optional<IpAddress> fixed) {
        FibResult result = new Fib(namespace).lookup(FibQuery.output(packet.flow(), packet.mark()));
        if (!(result instanceof FibResult.Found found)) {
            return stop(Unroutable.explain(namespace, Optional.empty(), packet.flow(), result), Optional.empty());
        }
        IpAddress destination = packet.flow().destination();
        Optional<IpAddress> source =
                fixed.or(() -> SourceChoice.choose(namespace, found.route(), found.nextHop(), destination));
        Optional<Link> out = outgoing(namespace, found);
        if (source.isEmpty()) {
            return stop(Unroutable.noAddress(namespace, out, destination.family()), Optional.empty());
        }
        if (out.isEmpty() || !isUnicast(found)) {
            return stop(
                    new Obstacle.NotUnicast(namespace.inode(), namespace.name(), found.route(), destination),
                    Optional.empty());
        }
        started =
                packet.timeToLive() == 0 ? timeToLive(namespace, out.get(), destination.family()) : packet.timeToLive();
        PacketState sent = packet.withFlow(
                        packet.flow().withSource(source.get(), packet.flow().sourcePort()))
                .withTimeToLive(started);
        Optional<Obstacle> unusable = unusable(namespace, source.get());
        if (unusable.isPresent()) {
            return stop(unusable.get(), Optional.empty());
        }
        return sent(namespace, sent, found, out.get());
    }

    /** What a sender gives a packet that its socket wants no other for. A route's own limit is not looked at. */
    private static int timeToLive(NamespaceState namespace, Link out, Family family) {
        int set = family == Family.IPV4
                ? namespace.sysctls().number("net/ipv4/ip_default_ttl").orElse(0)
                : namespace.sysctls().ipv6(out.name(), "hop_limit");
        return set == 0 ? USUAL_TIME_TO_LIVE : set;
    }

    private static Optional<Obstacle> unusable(NamespaceState namespace, IpAddress source) {
        return namespace.addresses().stream()
                .filter(address -> address.address().equals(source) && !SourceChoice.isUsable(address))
                .findFirst()
                .flatMap(address -> namespace
                        .link(address.link())
                        .map(link -> new Obstacle.AddressNotUsable(Place.of(namespace, link), address)));
    }

    private Step sent(NamespaceState namespace, PacketState packet, FibResult.Found found, Link out) {
        decided(namespace, Optional.empty(), packet, found, out);
        Hop next = Place.of(namespace, out).hop(Direction.OUT);
        Optional<Obstacle> large = tooBig(namespace, out, found.route(), packet, true);
        if (large.isPresent()) {
            return stop(large.get(), Optional.of(next));
        }
        PacketState asked = packet.withLinks(IfIndex.NONE, out.index(), IfIndex.NONE, IfIndex.NONE);
        Gate.Gated gated = gate.ip(namespace, Hook.OUTPUT, asked, false);
        elements.addAll(gated.stages());
        if (gated.stop().isPresent()) {
            return stop(gated.stop().get(), Optional.of(next));
        }
        PacketState after = gated.packet();
        boolean rerouted =
                !after.flow().destination().equals(packet.flow().destination()) || after.mark() != packet.mark();
        if (!rerouted) {
            return emit(namespace, found, out, after);
        }
        FibResult again = new Fib(namespace).lookup(FibQuery.output(after.flow(), after.mark()));
        Optional<Link> other =
                again instanceof FibResult.Found changed ? outgoing(namespace, changed) : Optional.empty();
        if (!(again instanceof FibResult.Found changed) || other.isEmpty()) {
            return stop(Unroutable.explain(namespace, Optional.empty(), after.flow(), again), Optional.empty());
        }
        decided(namespace, Optional.empty(), after, changed, other.get());
        return emit(namespace, changed, other.get(), after);
    }

    private void decided(
            NamespaceState namespace, Optional<Link> input, PacketState packet, FibResult.Found found, Link out) {
        elements.add(new Stage.RoutingDecision(
                namespace.name(),
                input.map(link -> Place.of(namespace, link)),
                packet.flow().destination(),
                found.rule(),
                found.route(),
                found.nextHop().gateway().orElse(packet.flow().destination()),
                Place.of(namespace, out),
                packet.flow().source(),
                found.live()));
    }

    private static boolean isUnicast(FibResult.Found found) {
        return found.route().type() == Route.Type.UNICAST
                || found.route().type() == Route.Type.LOCAL
                || found.route().type() == Route.Type.ANYCAST;
    }

    /** Own addresses are reached over the loopback, whatever link they are on. */
    private Optional<Link> outgoing(NamespaceState namespace, FibResult.Found found) {
        return index.link(
                namespace,
                found.route().type() == Route.Type.LOCAL
                        ? IfIndex.LOOPBACK
                        : found.nextHop().link());
    }

    private static int mtu(Route route, Link out) {
        return Math.min(route.mtu().orElse(Integer.MAX_VALUE), out.mtu());
    }

    private static Optional<Obstacle> tooBig(
            NamespaceState namespace, Link out, Route route, PacketState packet, boolean sender) {
        int mtu = mtu(route, out);
        boolean uncut = packet.dontFragment() || packet.flow().family() == Family.IPV6 && !sender;
        return uncut && packet.length() > mtu
                ? Optional.of(
                        new Obstacle.TooBig(Place.of(namespace, out), mtu, packet.length(), mtu < out.mtu(), sender))
                : Optional.empty();
    }

    private Step input(Arrived arrived) {
        NamespaceState namespace = arrived.namespace();
        Link link = arrived.link();
        PacketState packet = arrived.packet();
        Place place = Place.of(namespace, link);
        if (!visits.add(new Visit(namespace.inode(), link.index(), packet.flow()))) {
            List<Hop> circle = elements.stream()
                    .filter(Passage.class::isInstance)
                    .map(element -> ((Passage) element).hop())
                    .distinct()
                    .toList();
            return stop(new Obstacle.RoutingLoop(place, circle), Optional.empty());
        }
        boolean six = packet.flow().family() == Family.IPV6;
        if (six && namespace.sysctls().ipv6(link.name(), "disable_ipv6") != 0) {
            return stop(new Obstacle.Ipv6Disabled(place), Optional.empty());
        }
        if (!arrived.filtered()) {
            PacketState asked = packet.withLinks(link.index(), IfIndex.NONE, IfIndex.NONE, IfIndex.NONE);
            Gate.Gated gated = gate.ip(namespace, Hook.PREROUTING, asked, false);
            elements.addAll(gated.stages());
            if (gated.stop().isPresent()) {
                return stop(gated.stop().get(), Optional.empty());
            }
            packet = gated.packet();
        }
        Optional<Obstacle> martian = Martian.check(namespace, link, packet.flow());
        return martian.isPresent() ? stop(martian.get(), Optional.empty()) : routed(namespace, link, packet);
    }

    private Step routed(NamespaceState namespace, Link link, PacketState packet) {
        Place place = Place.of(namespace, link);
        Flow flow = packet.flow();
        FibResult result = new Fib(namespace).lookup(FibQuery.input(flow, link.index(), packet.mark()));
        boolean forwards = namespace.forwards(flow.family(), link);
        if (!(result instanceof FibResult.Found found)) {
            boolean host = flow.family() == Family.IPV4 && !forwards;
            return stop(
                    host
                            ? new Obstacle.ForwardingOff(place, flow.family(), flow.destination())
                            : Unroutable.explain(namespace, Optional.of(place), flow, result),
                    Optional.empty());
        }
        if (found.route().type() == Route.Type.LOCAL || found.route().type() == Route.Type.ANYCAST) {
            Optional<Obstacle> doubt = SourceCheck.check(namespace, link, flow, IfIndex.NONE, packet.mark());
            return doubt.isPresent() ? stop(doubt.get(), Optional.empty()) : local(namespace, link, packet);
        }
        Optional<Link> out = outgoing(namespace, found);
        if (!isUnicast(found) || out.isEmpty()) {
            return stop(
                    new Obstacle.NotUnicast(namespace.inode(), namespace.name(), found.route(), flow.destination()),
                    Optional.empty());
        }
        Optional<Hop> next = Optional.of(Place.of(namespace, out.get()).hop(Direction.OUT));
        if (!forwards) {
            return stop(new Obstacle.ForwardingOff(place, flow.family(), flow.destination()), next);
        }
        if (flow.family() == Family.IPV6 && flow.source().isLinkLocal()) {
            return stop(new Obstacle.LinkLocalSource(place, flow.source()), next);
        }
        Optional<Obstacle> doubt =
                SourceCheck.check(namespace, link, flow, out.get().index(), packet.mark());
        return doubt.isPresent() ? stop(doubt.get(), next) : forward(namespace, link, packet, found, out.get());
    }

    private Step forward(NamespaceState namespace, Link in, PacketState packet, FibResult.Found found, Link out) {
        Optional<Hop> next = Optional.of(Place.of(namespace, out).hop(Direction.OUT));
        if (packet.timeToLive() <= 1) {
            return stop(new Obstacle.TimeToLiveExpired(Place.of(namespace, in), started), next);
        }
        decided(namespace, Optional.of(in), packet, found, out);
        Optional<Obstacle> large = tooBig(namespace, out, found.route(), packet, false);
        if (large.isPresent()) {
            return stop(large.get(), next);
        }
        PacketState asked = packet.withTimeToLive(packet.timeToLive() - 1)
                .withLinks(in.index(), out.index(), IfIndex.NONE, IfIndex.NONE);
        Gate.Gated gated = gate.ip(namespace, Hook.FORWARD, asked, false);
        elements.addAll(gated.stages());
        return gated.stop().isPresent() ? stop(gated.stop().get(), next) : emit(namespace, found, out, gated.packet());
    }

    /** The last hook, then the frame. */
    private Step emit(NamespaceState namespace, FibResult.Found found, Link out, PacketState packet) {
        Place place = Place.of(namespace, out);
        Optional<Hop> next = Optional.of(place.hop(Direction.OUT));
        boolean six = packet.flow().family() == Family.IPV6;
        if (six && namespace.sysctls().ipv6(out.name(), "disable_ipv6") != 0) {
            return stop(new Obstacle.Ipv6Disabled(place), next);
        }
        Gate.Gated gated = gate.ip(
                namespace,
                Hook.POSTROUTING,
                packet.withLinks(packet.in(), out.index(), IfIndex.NONE, IfIndex.NONE),
                false);
        elements.addAll(gated.stages());
        if (gated.stop().isPresent()) {
            return stop(gated.stop().get(), next);
        }
        PacketState last = gated.packet();
        int mtu = mtu(found.route(), out);
        if (last.length() > mtu) {
            elements.add(new Stage.Fragmentation(place, mtu, last.length()));
            last = last.withLength(mtu);
        }
        Optional<IpAddress> gateway = found.nextHop().gateway();
        IpAddress wanted = gateway.orElse(last.flow().destination());
        var ask = new Resolver.Ask(namespace, out, wanted, gateway.isPresent(), found.route());
        return switch (journey.resolver().resolve(ask, last)) {
            case Resolver.Resolution.Failed failed -> stop(failed.obstacle(), next);
            case Resolver.Resolution.Outside outside -> frame(ask, last, Optional.empty());
            case Resolver.Resolution.Known known -> {
                if (!out.isLoopback()) {
                    elements.add(known.stage());
                }
                yield frame(ask, last, Optional.of(known.stage()));
            }
        };
    }

    private Step frame(Resolver.Ask ask, PacketState packet, Optional<Stage.NeighborResolution> known) {
        List<Place> owners = known.stream()
                .flatMap(stage -> stage.answers().stream())
                .map(Stage.Answer::place)
                .toList();
        var frame = new Frame(
                ask.link().mac().orElse(MacAddress.ZERO),
                known.map(Stage.NeighborResolution::used).orElse(MacAddress.ZERO),
                Optional.empty(),
                ask.place(),
                ask.wanted(),
                known.flatMap(Stage.NeighborResolution::entry),
                owners);
        Segment segment = journey.segment();
        segment.send(ask.namespace(), ask.link(), Branch.of(packet, frame));
        if (!segment.arrivals().isEmpty()) {
            Segment.Arrival first = segment.arrivals().getFirst();
            elements.addAll(first.branch().elements());
            return new Arrived(
                    first.namespace(),
                    first.link(),
                    first.branch().packet(),
                    first.branch().filtered());
        }
        boolean held = known.isPresent()
                        && !index.holders(frame.destination(), ask.namespace().inode())
                                .isEmpty()
                || !owners.isEmpty();
        Optional<Segment.DeadEnd> end = DeadEnds.choose(segment.deadEnds(), held);
        end.ifPresent(chosen -> elements.addAll(chosen.elements()));
        return end.<Step>map(chosen -> over(chosen.whole()))
                .orElseGet(() -> new Over(new Ending.Unknown("the frame goes nowhere", Optional.empty())));
    }

    /** A frame that was stopped before it was anywhere was last where its packet was. */
    private Over over(Ending ending) {
        return ending instanceof Ending.Stopped stopped && stopped.last().isEmpty()
                ? stop(stopped.obstacle(), stopped.next())
                : new Over(ending);
    }

    private Step local(NamespaceState namespace, Link link, PacketState packet) {
        PacketState asked = packet.withLinks(link.index(), IfIndex.NONE, IfIndex.NONE, IfIndex.NONE);
        Gate.Gated gated = gate.ip(namespace, Hook.INPUT, asked, false);
        elements.addAll(gated.stages());
        if (gated.stop().isPresent()) {
            return stop(gated.stop().get(), Optional.empty());
        }
        delivered = gated.packet();
        Flow flow = delivered.flow();
        Place place = Place.of(namespace, link);
        if (expected.isPresent()) {
            return answered(namespace, place, flow, expected.get());
        }
        boolean tunnel = flow.protocol().equals(Protocol.UDP)
                && index.tunnels(namespace).stream()
                        .anyMatch(at -> at.link().vxlan().orElseThrow().port() == flow.destinationPort());
        Sockets.Taken taken = tunnel
                ? new Sockets.Taken(Optional.empty(), Optional.empty())
                : Sockets.take(namespace, link.index(), flow);
        if (taken.obstacle().isPresent()) {
            return stop(taken.obstacle().get(), Optional.empty());
        }
        elements.add(new Stage.LocalDelivery(namespace.name(), place, taken.socket()));
        return new Over(new Ending.Delivered(namespace.inode(), namespace.name(), link.index(), taken.socket()));
    }

    private Step answered(NamespaceState namespace, Place place, Flow flow, Expected waiting) {
        if (namespace.inode() != waiting.namespace().inode()) {
            return stop(
                    new Obstacle.Misdelivered(
                            place,
                            waiting.namespace().inode(),
                            waiting.namespace().name(),
                            flow.destination()),
                    Optional.empty());
        }
        if (!flow.equals(waiting.flow())) {
            return stop(new Obstacle.UnexpectedReply(place, waiting.flow(), flow), Optional.empty());
        }
        elements.add(new Stage.LocalDelivery(namespace.name(), place, Optional.empty()));
        return new Over(new Ending.Delivered(namespace.inode(), namespace.name(), place.link(), Optional.empty()));
    }
}
