package dev.lasthop.path;

import dev.lasthop.address.Flow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where and for what to look when a predicted packet is sent: also where it may go instead.
 *
 * @param namespaces of both ways, of all owners of an address in doubt, and of whoever else may get the packet
 * @param flows all that the packet and its reply may look like at any place, in the order of the way
 */
public record Candidates(SortedSet<Long> namespaces, List<Flow> flows) {
    public Candidates {
        namespaces = Collections.unmodifiableSortedSet(new TreeSet<>(namespaces));
        flows = List.copyOf(flows);
    }

    /** A flow, in a namespace. */
    public record Watch(long namespace, Flow flow) {}

    public static Candidates of(Prediction prediction) {
        var namespaces = new TreeSet<Long>();
        namespaces.add(prediction.question().source());
        Set<Flow> flows = new LinkedHashSet<>();
        collect(prediction.request(), namespaces, flows);
        prediction.reply().ifPresent(reply -> collect(reply, namespaces, flows));
        List.copyOf(flows).forEach(flow -> flows.add(flow.reversed()));
        return new Candidates(namespaces, List.copyOf(flows));
    }

    /** Every flow in every namespace: a packet that goes astray may be anywhere in any form. */
    public List<Watch> watches() {
        var watches = new ArrayList<Watch>();
        for (long namespace : namespaces) {
            for (Flow flow : flows) {
                watches.add(new Watch(namespace, flow));
            }
        }
        return watches;
    }

    private static void collect(Path path, Set<Long> namespaces, Set<Flow> flows) {
        for (PathElement element : path.elements()) {
            switch (element) {
                case Passage passage -> {
                    namespaces.add(passage.hop().namespace());
                    flows.add(passage.flow());
                }
                case Stage.NeighborResolution found ->
                    found.answers()
                            .forEach(answer -> namespaces.add(answer.place().namespace()));
                case Stage.NatRewrite rewrite -> {
                    flows.add(rewrite.before());
                    flows.add(rewrite.after());
                }
                default -> {}
            }
        }
        path.stopped().ifPresent(stopped -> {
            stopped.next().ifPresent(hop -> namespaces.add(hop.namespace()));
            places(stopped.obstacle()).forEach(place -> namespaces.add(place.namespace()));
        });
    }

    /** The places that an obstacle names beyond the way itself. */
    private static List<Place> places(Obstacle obstacle) {
        var places = new ArrayList<Place>();
        switch (obstacle) {
            case Obstacle.PeerDown down -> places.add(down.peer());
            case Obstacle.NotBridged bare -> places.addAll(List.of(bare.hostEnd(), bare.bridge()));
            case Obstacle.WrongFdbEntry wrong -> places.addAll(List.of(wrong.port(), wrong.actual()));
            case Obstacle.MacvlanParent macvlan -> places.addAll(List.of(macvlan.child(), macvlan.parent()));
            case Obstacle.MacvlanMode macvlan -> places.addAll(List.of(macvlan.from(), macvlan.to()));
            case Obstacle.NobodyAnswers nobody -> {
                places.addAll(nobody.owners());
                places.addAll(nobody.reached());
            }
            case Obstacle.SilentOwner silent -> places.add(silent.owner());
            case Obstacle.ProxyArpOff off -> places.add(off.hostEnd());
            case Obstacle.WrongMac wrong -> {
                places.addAll(wrong.holders());
                places.addAll(wrong.owners());
            }
            case Obstacle.PeerMtu mtu -> places.add(mtu.peer());
            case Obstacle.Misdelivered astray -> places.add(astray.at());
            case Obstacle.AddressNotUsable unusable -> places.add(unusable.place());
            default -> {}
        }
        return places;
    }
}
