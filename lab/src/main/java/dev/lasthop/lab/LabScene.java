package dev.lasthop.lab;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Recorder;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A lab's network as faults see it. */
public final class LabScene implements Scene {
    private final Cast cast;

    LabScene(Cast cast) {
        this.cast = cast;
    }

    /** The lab's name, which begins those of its namespaces. */
    public String name() {
        return cast.name();
    }

    /** The network, as {@link #network()} names it. */
    public LabNetwork kind() {
        return cast.network();
    }

    boolean isMacvlan() {
        return cast.isMacvlan();
    }

    /** The lab's namespaces, in the order of their making. */
    public List<String> namespaces() {
        return cast.namespaces();
    }

    /** Where the service is that this network has: in the container if it is published, else outside. */
    public Place server() {
        return cast.network() == LabNetwork.PUBLISHED ? cast.container() : cast.outside();
    }

    @Override
    public String network() {
        return cast.network().toString();
    }

    @Override
    public Place container() {
        return cast.container();
    }

    @Override
    public Place node() {
        return cast.node();
    }

    @Override
    public Place outside() {
        return cast.outside();
    }

    @Override
    public Optional<Place> second() {
        return cast.hasSecond() ? Optional.of(cast.second()) : Optional.empty();
    }

    @Override
    public String containerLink() {
        return Cast.CONTAINER_LINK;
    }

    @Override
    public String hostEnd() {
        return cast.isMacvlan() ? cast.nodeLink() : Cast.HOST_END;
    }

    @Override
    public String bridge() {
        if (cast.isMacvlan()) {
            return cast.nodeLink();
        }
        return cast.network() == LabNetwork.ROUTED ? Cast.HOST_END : Cast.BRIDGE;
    }

    @Override
    public String uplink() {
        return Cast.UPLINK;
    }

    @Override
    public String outsideLink() {
        return Cast.OUTSIDE_LINK;
    }

    @Override
    public Prefix containerAddress(Family family) {
        return cast.containerAddress().of(family);
    }

    @Override
    public Prefix gateway(Family family) {
        return cast.gateway().of(family);
    }

    @Override
    public Prefix nodeAddress(Family family) {
        return Cast.NODE.of(family);
    }

    @Override
    public Prefix outsideAddress(Family family) {
        return Cast.OUTSIDE.of(family);
    }

    @Override
    public IpAddress world(Family family) {
        return Cast.WORLD.address(family);
    }

    @Override
    public Optional<Prefix> secondAddress(Family family) {
        return cast.hasSecond() ? Optional.of(cast.secondAddress().of(family)) : Optional.empty();
    }

    @Override
    public int servicePort() {
        return Cast.SERVICE_PORT;
    }

    @Override
    public int publishedPort() {
        return Cast.PUBLISHED_PORT;
    }

    @Override
    public int callingPort() {
        return Cast.CALLING_PORT;
    }

    @Override
    public NamespaceState now(Place place) {
        try (Places places = Places.here()) {
            // peers in other namespaces are not asked for: an injection needs what is in this one
            Recorder.PeerFinder none = (_, _) -> Map.of();
            return NamespaceState.decode(Recorder.full().record(places.at(place).namespace(), place.label(), none));
        }
    }

    @Override
    public String toString() {
        return cast.name() + " (" + cast.network() + ")";
    }
}
