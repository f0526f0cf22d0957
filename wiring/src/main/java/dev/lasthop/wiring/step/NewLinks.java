package dev.lasthop.wiring.step;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The veth pairs that a plan has made so far. What is done to them goes with them: how it is taken back by itself need not be in the
 * journal, where the deletion of the pair is already.
 */
final class NewLinks {
    private static final int LINK_IN_KEY = 3; // net/ipv4/conf/LINK/forwarding

    private record Known(Place place, String name) {}

    private final Set<Known> links = new HashSet<>();

    /** A step was made. */
    void made(Step step) {
        switch (step) {
            case LinkStep.CreateVeth pair -> {
                links.add(new Known(pair.end().place(), pair.end().name()));
                links.add(new Known(pair.peer().place(), pair.peer().name()));
            }
            case LinkStep.Delete gone -> links.clear(); // its peer is gone too: of none is anything taken for granted
            case LinkStep.Move moved -> links.clear();
            case LinkStep.Rename renamed -> links.clear();
            default -> {}
        }
    }

    /** Those of the steps that take something back which does not go with a new link. */
    List<Step> without(List<Step> undo) {
        return undo.stream().filter(step -> !goesAlong(step)).toList();
    }

    private boolean goesAlong(Step step) {
        return switch (step) {
            case LinkStep.Flag s -> has(s, s.name());
            case LinkStep.Mtu s -> has(s, s.name());
            case LinkStep.Mac s -> has(s, s.name());
            case LinkStep.Group s -> has(s, s.name());
            case LinkStep.Master s -> has(s, s.name());
            case LinkStep.PortOption s -> has(s, s.name());
            case LinkStep.AddVlans s -> has(s, s.name());
            case LinkStep.DeleteVlans s -> has(s, s.name());
            case AddressStep.Delete s -> has(s, s.link());
            case RouteStep.Delete s -> isOver(s);
            case SysctlStep s -> isOf(s);
            default -> false;
        };
    }

    private boolean isOver(RouteStep.Delete step) {
        List<RouteTo.NextHop> hops = step.route().nextHops();
        return hops.size() == 1
                && hops.getFirst().link().filter(link -> has(step, link)).isPresent();
    }

    private boolean isOf(SysctlStep step) {
        String[] parts = step.key().split("/");
        boolean perLink =
                parts.length > LINK_IN_KEY + 1 && Set.of("conf", "neigh").contains(parts[LINK_IN_KEY - 1]);
        return perLink && has(step, parts[LINK_IN_KEY]);
    }

    private boolean has(Step step, String link) {
        return links.contains(new Known(step.place(), link));
    }
}
