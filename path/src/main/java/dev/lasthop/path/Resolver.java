package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Neighbor;
import dev.lasthop.topology.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the next hop's hardware address as the kernel would: from its table, or by asking everybody on the segment. */
final class Resolver {
    private final Index index;
    private final Gate gate;
    private final Journey journey;
    private final Answerer answerer;

    Resolver(Index index, Gate gate, Journey journey) {
        this.index = index;
        this.gate = gate;
        this.journey = journey;
        this.answerer = new Answerer(gate.filtering());
    }

    /** What came of it. */
    sealed interface Resolution {
        record Known(Stage.NeighborResolution stage) implements Resolution {}

        /** Nobody here answers, but the segment goes on where it cannot be seen. */
        record Outside() implements Resolution {}

        record Failed(Obstacle obstacle) implements Resolution {}
    }

    /** @param route that leads to the next hop */
    record Ask(NamespaceState namespace, Link link, IpAddress wanted, boolean gateway, Route route) {
        Place place() {
            return Place.of(namespace, link);
        }
    }

    Resolution resolve(Ask ask, PacketState packet) {
        Link link = ask.link();
        if (!link.resolvesNeighbors()) {
            MacAddress own = link.mac().orElse(MacAddress.ZERO);
            return known(ask, Optional.empty(), List.of(), own);
        }
        Optional<Neighbor> entry = ask.namespace().neighbors().stream()
                .filter(neighbor -> neighbor.link().equals(link.index()))
                .filter(neighbor -> neighbor.address().equals(ask.wanted()) && !neighbor.proxy())
                .findFirst();
        boolean usable = entry.filter(Neighbor::isUsable).isPresent();
        Optional<Link> bridge = index.bridge(ask.namespace(), link);
        if (bridge.isPresent() && !usable) {
            return new Resolution.Failed(new Obstacle.AddressOnPort(
                    ask.place(), Place.of(ask.namespace(), bridge.get()), ask.wanted(), ask.route()));
        }
        Heard heard = ask(ask, packet);
        if (usable) {
            return known(ask, entry, heard.answers, entry.get().mac().orElseThrow());
        }
        if (heard.answers.isEmpty()) {
            return unanswered(ask, heard);
        }
        return known(ask, entry, heard.answers, heard.answers.getFirst().mac());
    }

    private static Resolution known(Ask ask, Optional<Neighbor> entry, List<Stage.Answer> answers, MacAddress used) {
        return new Resolution.Known(new Stage.NeighborResolution(ask.place(), ask.wanted(), entry, answers, used));
    }

    /** What the question met on the segment. */
    private static final class Heard {
        private final List<Stage.Answer> answers = new ArrayList<>();
        private final List<Obstacle> behind = new ArrayList<>();
        private final List<Obstacle> silent = new ArrayList<>();
        private final List<Place> reached = new ArrayList<>();
        private final List<Place> mayNotProxy = new ArrayList<>();
        private Optional<Obstacle> first = Optional.empty();
        private Optional<Obstacle> ended = Optional.empty();
        private boolean outside;
    }

    private Heard ask(Ask ask, PacketState packet) {
        var heard = new Heard();
        IpAddress sender = sender(ask, packet);
        Optional<HookOutcome.Decision> dropped = ask.wanted().family() == Family.IPV6
                ? new Discovery(gate.filtering(), ask.namespace(), ask.link())
                        .deafens(new Frame.Question(sender, ask.wanted()))
                : deafens(ask, Arp.question(sender, ask.wanted()));
        if (dropped.isPresent()) {
            heard.behind.add(new Obstacle.ArpFiltered(
                    ask.namespace().inode(), ask.namespace().name(), dropped.get()));
            return heard;
        }
        var segment = new Segment(index, gate, journey);
        var frame = new Frame(
                ask.link().mac().orElse(MacAddress.ZERO),
                MacAddress.BROADCAST,
                Optional.of(new Frame.Question(sender, ask.wanted())),
                ask.place(),
                ask.wanted(),
                Optional.empty(),
                List.of());
        segment.send(ask.namespace(), ask.link(), Branch.of(packet, frame));
        segment.arrivals().forEach(arrival -> hear(ask, arrival, heard));
        for (Segment.DeadEnd end : segment.deadEnds()) {
            if (end.ending() instanceof Ending.Stopped stopped) {
                heard.ended = heard.ended.or(() -> Optional.of(stopped.obstacle()));
            } else if (end.branch().blocks().isEmpty()) {
                heard.outside = true;
            } else {
                first(heard, end.branch());
            }
        }
        return heard;
    }

    /** The rule that keeps the one who asks from asking, or from hearing an answer. */
    private Optional<HookOutcome.Decision> deafens(Ask ask, Arp asked) {
        IfIndex link = ask.link().index();
        return gate.filtering()
                .dropsArp(ask.namespace(), Filtering.Layer.IP, Hook.OUTPUT, IfIndex.NONE, link, asked)
                .or(() -> gate.filtering()
                        .dropsArp(ask.namespace(), Filtering.Layer.IP, Hook.INPUT, link, IfIndex.NONE, asked.answer()));
    }

    private static void first(Heard heard, Branch branch) {
        heard.first = heard.first.or(() -> branch.blocks().stream().findFirst().map(Branch.Block::obstacle));
    }

    private void hear(Ask ask, Segment.Arrival arrival, Heard heard) {
        Branch branch = arrival.branch();
        Answerer.Reaction reaction = answerer.react(
                arrival.namespace(), arrival.link(), branch.frame().question().orElseThrow());
        boolean blocked = !branch.blocks().isEmpty();
        if (blocked) {
            first(heard, branch);
        } else {
            heard.reached.add(arrival.place());
        }
        switch (reaction) {
            case Answerer.Reaction.Answers answers when !blocked -> heard.answers.add(answers.answer());
            case Answerer.Reaction.Answers answers
            when !answers.answer().proxy() ->
                heard.behind.add(branch.blocks().getFirst().obstacle());
            case Answerer.Reaction.Silent silent
            when !blocked ->
                heard.silent.add(new Obstacle.SilentOwner(
                        ask.place(), ask.wanted(), arrival.place(), silent.silence(), silent.detail()));
            case Answerer.Reaction.Distrusts distrusts when !blocked -> heard.silent.add(distrusts.doubt());
            case Answerer.Reaction.NotUsable unusable
            when !blocked -> heard.silent.add(new Obstacle.AddressNotUsable(arrival.place(), unusable.address()));
            case Answerer.Reaction.MayNotProxy none when !blocked -> heard.mayNotProxy.add(arrival.place());
            default -> {}
        }
    }

    private static IpAddress sender(Ask ask, PacketState packet) {
        IpAddress source = packet.flow().source();
        if (source.family() == ask.wanted().family() && ask.namespace().owns(source)) {
            return source;
        }
        if (ask.wanted().family() == Family.IPV6) {
            return source;
        }
        return SourceChoice.ipv4(ask.namespace(), ask.link().index(), Optional.of(ask.wanted()), Route.SCOPE_LINK)
                .orElse(IpAddress.ANY_IPV4);
    }

    private Resolution unanswered(Ask ask, Heard heard) {
        neighbourhood(ask.namespace());
        heard.reached.stream()
                .map(Place::namespace)
                .distinct()
                .flatMap(inode -> index.snapshot().namespace(inode).stream())
                .forEach(this::neighbourhood);
        Optional<Obstacle> bare = NotBridged.find(index, ask, heard.reached);
        if (bare.isPresent() && heard.behind.isEmpty()) {
            return new Resolution.Failed(bare.get());
        }
        Optional<Obstacle> known = heard.behind.stream()
                .min(Comparator.comparing(Obstacle.NoCarrier.class::isInstance))
                .or(() -> heard.silent.stream().findFirst());
        if (known.isPresent()) {
            return new Resolution.Failed(known.get());
        }
        if (heard.outside) {
            return new Resolution.Outside();
        }
        if (heard.reached.isEmpty() && heard.first.isPresent()) {
            return new Resolution.Failed(heard.first.get());
        }
        if (heard.ended.isPresent()) {
            return new Resolution.Failed(heard.ended.get());
        }
        boolean routed = ask.gateway() && (ask.wanted().isLinkLocal() || isOnLink(ask));
        if (routed && !heard.mayNotProxy.isEmpty()) {
            return new Resolution.Failed(
                    new Obstacle.ProxyArpOff(ask.place(), ask.wanted(), heard.mayNotProxy.getFirst()));
        }
        List<Place> owners = index.owners(ask.wanted(), ask.namespace().inode()).stream()
                .filter(owner -> !Elsewhere.isSettled(index, owner, ask.wanted()))
                .map(Index.At::place)
                .toList();
        return new Resolution.Failed(new Obstacle.NobodyAnswers(
                ask.place(), ask.wanted(), ask.gateway(), ask.route(), owners, heard.reached));
    }

    /** Who has the address may be behind any veth of a namespace that the question came to. */
    private void neighbourhood(NamespaceState namespace) {
        namespace.links().stream()
                .filter(link -> link.kind().equals("veth")
                        && index.lower(namespace, link).isEmpty())
                .forEach(link -> link.lowerNamespace().ifPresent(journey.wanted()::add));
    }

    /** Whether the gateway is no part of a subnet of the link, but said to be there. */
    private static boolean isOnLink(Ask ask) {
        return ask.namespace().addresses(ask.link().index(), ask.wanted().family()).stream()
                .noneMatch(address ->
                        !address.prefix().isSingle() && address.prefix().contains(ask.wanted()));
    }
}
