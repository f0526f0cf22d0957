package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import dev.lasthop.tracing.Sighting;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A request that got out of the router, to a far end that knows no way back to the source that it bears there (or cannot be seen, and
 * sends nothing).
 *
 * @param router the last namespace that forwards it
 * @param out where it leaves the router
 * @param sent the flow as the source sent it
 * @param received the flow as it leaves the router
 * @param far the far end, where that can be seen
 */
record Unreturned(NamespaceState router, Hop out, Flow sent, Flow received, Optional<NamespaceState> far) {

    static Optional<Unreturned> in(Dossier dossier) {
        return lost(dossier).filter(lost -> !isExplained(dossier));
    }

    /** Whether it is untranslated because of the way that it took to the router. */
    private static boolean isExplained(Dossier dossier) {
        return Detour.in(dossier).isPresent() || BridgedFirst.in(dossier).isPresent();
    }

    private static Optional<Unreturned> lost(Dossier dossier) {
        Path request = dossier.prediction().request();
        List<Passage> passages = request.passages();
        Optional<Passage> out = passages.stream()
                .filter(passage -> passage.hop().direction() == Direction.OUT
                        && passage.hop().namespace()
                                != dossier.prediction().question().source())
                .reduce((first, second) -> second);
        if (out.isEmpty()) {
            return Optional.empty();
        }
        Optional<NamespaceState> far = request.ending() instanceof Ending.Delivered delivered
                ? dossier.namespace(delivered.namespace())
                : Optional.empty();
        boolean lost = far.map(state -> isStuck(dossier, state)).orElseGet(() -> isGone(dossier, request));
        Hop hop = out.get().hop();
        return dossier.namespace(hop.namespace())
                .filter(router -> lost
                        && far.filter(state -> state.inode() == router.inode()).isEmpty())
                .map(router -> new Unreturned(
                        router, hop, passages.getFirst().flow(), out.get().flow(), far));
    }

    /**
     * The same where there are more routers between: the node that the source hangs on lets it out as it is, and a router behind that, or the
     * far end, has no way back to it. Where all of them could have known the way, the one that does not is the fault, and this is empty.
     */
    static Optional<Unreturned> atNode(Dossier dossier) {
        Optional<Unreturned> last = in(dossier);
        if (last.filter(lost -> isBetween(lost.router, lost.sent)).isPresent()) {
            return last;
        }
        List<Passage> passages = dossier.prediction().request().passages();
        return passages.stream()
                .filter(passage -> passage.hop().direction() == Direction.OUT
                        && passage.hop().namespace()
                                != dossier.prediction().question().source())
                .flatMap(passage -> dossier
                        .namespace(passage.hop().namespace())
                        .filter(node -> isBetween(node, passages.getFirst().flow()))
                        .map(node -> new Unreturned(
                                node,
                                passage.hop(),
                                passages.getFirst().flow(),
                                passage.flow(),
                                last.flatMap(Unreturned::far).or(() -> wayless(dossier, node))))
                        .stream())
                .reduce((first, second) -> second.router.inode() == first.router.inode() ? second : first)
                .filter(lost -> lost.far.isPresent() && lost.isForeign(dossier) && !isExplained(dossier))
                .or(() -> last);
    }

    /** Whether it is on the source's own network: the way in of what the source sends, and of what is sent to it. */
    private static boolean isBetween(NamespaceState node, Flow sent) {
        return node.addresses().stream()
                .map(InterfaceAddress::prefix)
                .anyMatch(prefix -> prefix.contains(sent.source()) && !prefix.isSingle());
    }

    /** The router behind the node that the reply reached and that does not know where to. */
    private static Optional<NamespaceState> wayless(Dossier dossier, NamespaceState node) {
        return dossier.prediction().reply().flatMap(Path::obstacle).stream()
                .flatMap(obstacle -> obstacle instanceof Obstacle.NoRoute none ? Stream.of(none) : Stream.empty())
                .filter(none -> none.namespace() != node.inode()
                        && none.namespace() != dossier.prediction().question().source())
                .flatMap(none -> dossier.namespace(none.namespace()).stream())
                .findFirst();
    }

    /** Whether nobody behind the node was ever to know the source's network: sources are translated there, or only could be. */
    private boolean isForeign(Dossier dossier) {
        boolean known = onTheWay(dossier)
                .filter(state -> state.inode() != router.inode()
                        && state.inode() != dossier.prediction().question().source())
                .flatMap(state -> state.routes().stream())
                .anyMatch(route -> route.destination().length() > 0
                        && route.destination().contains(sent.source())
                        && route.nextHops().stream()
                                .anyMatch(hop -> hop.gateway().isPresent()));
        boolean toTheWorld = sent.source().isPrivate() && !sent.destination().isPrivate();
        boolean atRouter = !isEnd(dossier) || isRouterBetween(dossier);
        return !known && (hasSourceTranslation() || toTheWorld && atRouter);
    }

    /** Whether the far end is not the only one that lacks a way back: there are routers between it and the node. */
    private boolean isRouterBetween(Dossier dossier) {
        return dossier.prediction().request().passages().stream()
                .map(passage -> passage.hop().namespace())
                .anyMatch(inode -> inode != dossier.prediction().question().source()
                        && inode != router.inode()
                        && far.filter(state -> state.inode() == inode).isEmpty());
    }

    private static Stream<NamespaceState> onTheWay(Dossier dossier) {
        return Stream.concat(Stream.of(dossier.prediction().request()), dossier.prediction().reply().stream())
                .flatMap(path -> path.passages().stream())
                .map(passage -> passage.hop().namespace())
                .distinct()
                .flatMap(inode -> dossier.namespace(inode).stream());
    }

    private boolean isEnd(Dossier dossier) {
        return dossier.prediction().request().ending() instanceof Ending.Delivered delivered
                && far.filter(state -> state.inode() == delivered.namespace()).isPresent();
    }

    /** Whether the reply does not get out of the far end, or goes somewhere where nobody is. */
    private static boolean isStuck(Dossier dossier, NamespaceState far) {
        Optional<Path> reply = dossier.prediction().reply().filter(path -> !path.isDelivered());
        if (dossier.stop().side() != Side.REPLY || reply.isEmpty()) {
            return false;
        }
        boolean stays = reply.get().passages().stream()
                .allMatch(passage -> passage.hop().namespace() == far.inode());
        return switch (reply.get().ending()) {
            case Ending.Stopped stopped -> isWayless(stopped.obstacle(), far) && stays;
            case Ending.LeftHost left -> left.hop().namespace() == far.inode();
            case Ending.Delivered delivered -> false;
            case Ending.NeedsNamespace needs -> stays;
            case Ending.Unknown unknown -> false;
        };
    }

    private static boolean isWayless(Obstacle obstacle, NamespaceState far) {
        return switch (obstacle) {
            case Obstacle.NoRoute none -> none.namespace() == far.inode();
            case Obstacle.NobodyAnswers nobody -> nobody.from().namespace() == far.inode();
            default -> false;
        };
    }

    private static boolean isGone(Dossier dossier, Path request) {
        return request.ending() instanceof Ending.LeftHost left
                && dossier.observation()
                                .seen(
                                        left.hop().namespace(),
                                        left.hop().link(),
                                        left.hop().direction(),
                                        Sighting.Kind.REQUEST)
                        > 0
                && dossier.observation().answered() == 0;
    }

    /** A reply that a router on its way back threw away was one. */
    Verdict verdict(Dossier dossier) {
        boolean answered = dossier.hops().stream().anyMatch(hop -> hop.side() == Side.REPLY && hop.seen() > 0);
        return answered ? Verdict.DROPPED : Verdict.NO_REPLY;
    }

    boolean isTranslated() {
        return !sent.source().equals(received.source());
    }

    IpAddress source() {
        return received.source();
    }

    /** The network that the source is in, as the router knows it; the address alone where it does not. */
    Prefix subnet() {
        return router.addresses().stream()
                .map(InterfaceAddress::prefix)
                .filter(prefix -> prefix.contains(source()) && !prefix.isSingle())
                .map(Prefix::network)
                .findFirst()
                .orElseGet(() -> Prefix.of(source()));
    }

    /** Whether the source hangs on the router itself, and is not somebody far away who calls in. */
    boolean isFromOwnNetwork() {
        return router.routes().stream()
                .filter(route ->
                        route.table() == Route.TABLE_MAIN && route.destination().contains(sent.source()))
                .max(Comparator.comparingInt(route -> route.destination().length()))
                .filter(route ->
                        route.nextHops().stream().allMatch(hop -> hop.gateway().isEmpty()))
                .isPresent();
    }

    /** Whether the router translates sources at all, for anybody. */
    boolean hasSourceTranslation() {
        String family = OwnTable.word(source().family());
        return router.firewall().tables().stream()
                .filter(table -> table.family().equals(family) || table.family().equals("inet"))
                .flatMap(table -> table.chains().stream())
                .flatMap(chain -> chain.entry().stream())
                .anyMatch(entry -> entry.type().equals("nat") && entry.hook().equals("postrouting"));
    }

    /**
     * Whether this network is meant to be routed and not translated: the router translates nobody, and either the source hangs on a wire
     * of its own there, or the far end has routes to other networks by way of the router.
     */
    boolean isRouted(Dossier dossier) {
        boolean wired = dossier.hops().stream()
                .filter(hop -> hop.hop().namespace() == router.inode()
                        && hop.side() == Side.REQUEST
                        && hop.hop().direction() == Direction.IN)
                .flatMap(hop -> router.link(hop.hop().link()).stream())
                .findFirst()
                .filter(link -> link.kind().equals("veth") && link.master().isNone())
                .isPresent();
        boolean known = far.stream()
                .flatMap(state -> state.routes().stream())
                .filter(route -> route.destination().length() > 0)
                .flatMap(route -> route.nextHops().stream())
                .flatMap(hop -> hop.gateway().stream())
                .anyMatch(router::owns);
        return !hasSourceTranslation() && (wired || known || !source().isPrivate());
    }

    /** The router's address that the far end can send to: on the link between them, or on the bridge that this is a port of. */
    Optional<IpAddress> routerAddress() {
        IfIndex between = router.link(out.link())
                .map(Link::master)
                .filter(master -> !master.isNone())
                .orElse(out.link());
        return router.addresses(between, source().family()).stream()
                .map(InterfaceAddress::address)
                .filter(address -> !address.isLinkLocal())
                .findFirst();
    }

    /** The far end's interface on the link to the router. */
    Optional<Link> farLink() {
        return router.link(out.link())
                .flatMap(link -> far.flatMap(state -> state.links().stream()
                        .filter(other -> other.index().equals(link.lower()))
                        .findFirst()));
    }
}
