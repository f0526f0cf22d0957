package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Ending;
import dev.lasthop.path.Hop;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Passage;
import dev.lasthop.path.Path;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.tracing.Sighting;
import java.util.List;
import java.util.Optional;

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

    /** Whether the reply does not get out of the far end, or goes somewhere where nobody is. */
    private static boolean isStuck(Dossier dossier, NamespaceState far) {
        Optional<Path> reply = dossier.prediction().reply().filter(path -> !path.isDelivered());
        if (dossier.stop().side() != Side.REPLY || reply.isEmpty()) {
            return false;
        }
        boolean stays = reply.get().passages().stream()
                .allMatch(passage -> passage.hop().namespace() == far.inode());
        return switch (reply.get().ending()) {
            case Ending.Stopped stopped ->
                isWayless(stopped.obstacle(), far) && stays
                        || stopped.obstacle() instanceof Obstacle.ForwardingOff off
                                && off.input().namespace() == far.inode();
            case Ending.LeftHost left -> left.hop().namespace() == far.inode();
            case Ending.Delivered delivered -> false;
            case Ending.NeedsNamespace needs -> stays;
            case Ending.Unknown unknown -> false;
        };
    }

    private static boolean isWayless(Obstacle obstacle, NamespaceState far) {
        return switch (obstacle) {
            case Obstacle.NoRoute none -> none.namespace() == far.inode();
            case Obstacle.RouteRefuses refuses -> refuses.namespace() == far.inode();
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

    /** The router's address that the far end can send to. */
    Optional<IpAddress> routerAddress() {
        return router.addresses(out.link(), source().family()).stream()
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
