package dev.lasthop.wiring;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.step.Applied;
import dev.lasthop.wiring.step.NetfilterSockets;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.PlanException;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Networks and connections to them, on record and in the kernel.
 *
 * <p>Each change is made under one lock, is written to the journal before it is made, and is taken back if it fails. A process that is
 * killed at whatever instant leaves what the next change, or {@link #gc}, takes back. Methods called {@code plan…} check the same and change
 * nothing.
 *
 * <p>For several threads, each change of which waits for the one before. Whoever makes many changes keeps one of these: what it has open
 * makes the next change quicker.
 *
 * <p>Everything throws {@link WiringException} for what cannot be done, and {@link PlanException} for what the kernel refused.
 */
public final class Wiring implements AutoCloseable {
    private final Store store;
    private final NetworkNamespace host;
    private final NetfilterSockets netfilter;

    /** @param host the namespace that bridges and the host's ends are made in; stays the caller's to close */
    public Wiring(StateFolders folders, NetworkNamespace host) {
        this.store = new Store(folders);
        this.host = host;
        this.netfilter = new NetfilterSockets(host);
    }

    /**
     * A connection that was made.
     *
     * @param warnings what may keep packets from it, though it is not Lasthop's to change
     */
    public record Connected(Endpoint endpoint, List<PublishedPort> ports, Plan plan, List<String> warnings) {}

    /**
     * What {@link #gc} did, in words.
     *
     * @param removed what it took away, and what it could not
     * @param kept the files of the journal that cannot be read, each with the reason, where it is kept, and what to look at
     */
    public record Collected(List<String> removed, List<String> kept) {}

    /** The files on record that cannot be read, each with the reason and what to do. What they stand for is left as it is. */
    public List<String> damaged() {
        return store.damaged();
    }

    /** By name. */
    public List<Network> networks() {
        return store.networks();
    }

    /** @throws WiringException if there is none of that name, with those that there are */
    public Network network(String name) {
        return store.requireNetwork(name);
    }

    /** By name, then by network. */
    public List<Endpoint> endpoints() {
        return store.endpoints();
    }

    /** The endpoints that a killed process was taking off their networks; some are on record still. */
    public List<Endpoint> leaving() {
        return store.unfinished().stream().flatMap(Work.Unfinished::leaving).toList();
    }

    /** Whether the endpoint's namespace is still there under its name. */
    public boolean isAlive(Endpoint endpoint) {
        return looking(places -> new EndpointPlans(places, store).isAlive(endpoint));
    }

    public Plan planCreateNetwork(NetworkSpec spec) {
        return looking(places -> new NetworkPlans(places, store).prepare(spec).plan());
    }

    public Network createNetwork(NetworkSpec spec) {
        return changing(places -> new NetworkChanges(places, store).create(spec));
    }

    public Plan planRemoveNetwork(String name) {
        return looking(places -> new NetworkChanges(places, store).planRemoval(name));
    }

    public Gone<Network> removeNetwork(String name) {
        return changing((places, ended) -> new NetworkChanges(places, store).remove(name, ended));
    }

    /** What {@link #addPeer} would do. */
    public Plan planAddPeer(String network, Peer peer) {
        return looking(places -> new NetworkChanges(places, store).planPeer(network, peer));
    }

    /** Makes another node's containers reachable, or takes what is said now for what was said of that node before. */
    public Network addPeer(String network, Peer peer) {
        return changing(places -> new NetworkChanges(places, store).addPeer(network, peer));
    }

    /** What {@link #removePeer} would do. */
    public Plan planRemovePeer(String network, String node) {
        return looking(places -> new NetworkChanges(places, store).planPeerRemoval(network, node));
    }

    public Gone<Network> removePeer(String network, String node) {
        return changing((places, ended) -> new NetworkChanges(places, store).removePeer(network, node, ended));
    }

    public Plan planConnect(ConnectSpec spec) {
        return looking(places -> new EndpointPlans(places, store).prepare(spec).plan());
    }

    public Connected connect(ConnectSpec spec) {
        return changing(places -> new EndpointChanges(places, store).connect(spec));
    }

    /**
     * An endpoint that was changed.
     *
     * @param plan what was done; without steps where all was so already
     */
    public record Changed(Endpoint endpoint, Plan plan) {}

    /** What {@link #change} would do. */
    public Plan planChange(String endpoint, String network, Change change) {
        return looking(places -> new EndpointChanges(places, store).planChange(endpoint, network, change));
    }

    /** Changes a connected endpoint, without taking it off the network. */
    public Changed change(String endpoint, String network, Change change) {
        return changing(places -> new EndpointChanges(places, store).change(endpoint, network, change));
    }

    /** @param endpoint a name, or a place's label: {@code web}, {@code netns:web} */
    public Plan planDisconnect(String endpoint, String network) {
        return looking(places -> new EndpointChanges(places, store).planDisconnect(endpoint, network));
    }

    /** Works without the namespace too: what is on the host goes. */
    public Gone<Endpoint> disconnect(String endpoint, String network) {
        Removal.Leaving leaving =
                changing((places, ended) -> new EndpointChanges(places, store).leave(endpoint, network, ended));
        try (Places places = places()) { // not under the lock: the kernel takes its time
            Removal.complete("endpoint " + endpoint, leaving.end(places));
        }
        return new Gone<>(leaving.endpoint(), leaving.work().isEmpty());
    }

    public Plan planPublish(String endpoint, PublishedPort port) {
        return looking(places -> new PortChanges(places, store).plan(endpoint, port));
    }

    /** @param endpoint a name, a place's label, or {@code NAME@NETWORK} for one of its networks */
    public Endpoint publish(String endpoint, PublishedPort port) {
        return changing(places -> new PortChanges(places, store).publish(endpoint, port));
    }

    /** Takes a port off an endpoint; {@code held} is found by {@link #published}. */
    public Gone<Endpoint> unpublish(String endpoint, PublishedPort held) {
        return changing((places, ended) -> new PortChanges(places, store).unpublish(endpoint, held, ended));
    }

    /**
     * The ports of an endpoint that a port of the host, of all its addresses unless one is given, stands for; also those that a killed
     * process was taking off it.
     */
    public List<PublishedPort> published(String endpoint, HostPort wanted) {
        List<Work.Unfinished> unfinished = store.unfinished();
        return new Directory(store)
                .everywhere(endpoint).stream()
                        .flatMap(one -> Stream.concat(
                                ports(one).stream(), unfinished.stream().flatMap(work -> work.portsLeaving(one))))
                        .distinct()
                        .sorted()
                        .filter(port -> port.host().first() == wanted.first()
                                && port.host().last() == wanted.last()
                                && port.protocol().equals(wanted.protocol()))
                        .filter(port ->
                                wanted.address().isEmpty() || port.hostAddress().equals(wanted.address()))
                        .toList();
    }

    /** The ports of the host that lead to an endpoint. */
    public List<PublishedPort> ports(Endpoint endpoint) {
        return store.ports().of(endpoint.id());
    }

    /** What endpoints and published ports have counted until now. */
    public TrafficCounts traffic() {
        return looking(places -> TrafficCounts.read(places, store));
    }

    /**
     * What is not as it is on record, because others changed it: rules that were flushed, a bridge that was deleted, an address, a route or
     * a kernel parameter that is gone.
     *
     * @param differences one by one; none where all is well
     */
    public record Repaired(List<Lost> differences) {
        public Repaired {
            differences = List.copyOf(differences);
        }

        /** In words, a line each. */
        public List<String> found() {
            return differences.stream().map(Lost::what).toList();
        }

        /** What puts it back. */
        public Plan plan() {
            return new Plan(
                    "repair",
                    differences.stream().flatMap(lost -> lost.steps().stream()).toList());
        }
    }

    /**
     * One thing that is not as it is on record.
     *
     * @param what in words
     * @param steps what puts it back; empty where nothing can
     */
    public record Lost(String what, List<Step> steps) {
        public Lost {
            steps = List.copyOf(steps);
        }
    }

    /** What {@link #repair} would do. */
    public Repaired planRepair() {
        return looking(this::repaired);
    }

    /** Puts back what others took away, and just that. */
    public Repaired repair() {
        return changing(places -> {
            Repaired repaired = repaired(places);
            Work work = new Work(store, places, "repair", "");
            Applied applied = repaired.plan().apply(places, work);
            work.keep(applied, Forwarding.noted(applied, store));
            return repaired;
        });
    }

    private Repaired repaired(Places places) {
        return new Repaired(new Repair(places, store)
                .differences().stream()
                        .map(difference -> new Lost(difference.what(), difference.steps()))
                        .toList());
    }

    /** Ends, one way or the other, what killed processes left half done; in words what that was. Every change begins with this. */
    public List<String> recover() {
        return store.unfinished().isEmpty()
                ? List.of()
                : locked(places -> new Removal(places, store).recover().told());
    }

    /** Takes away what killed processes left half done, and endpoints whose namespace is gone. */
    public Collected gc() {
        return locked(places -> new Collection(places, store).collect());
    }

    /**
     * A journal for work that must not outlive this process, such as a demonstration: {@link #gc} of any later process takes back what it
     * records, if this process ended without closing it.
     */
    public FileJournal temporary() {
        return new FileJournal(store.folders().temporary());
    }

    private <T> T looking(Function<Places, T> work) {
        try (Places places = places()) {
            return work.apply(places);
        }
    }

    private <T> T changing(Function<Places, T> work) {
        return changing((places, _) -> work.apply(places));
    }

    /** The same, for what may find that a killed process had begun it: what was ended just now. */
    private <T> T changing(BiFunction<Places, Ended, T> work) {
        return locked(places -> work.apply(places, new Removal(places, store).recover()));
    }

    @SuppressWarnings("try") // the lock is there to be held
    private <T> T locked(Function<Places, T> work) {
        try (StateFolders.Lock lock = store.folders().lock();
                Places places = places()) {
            return work.apply(places);
        }
    }

    private Places places() {
        return Places.withHost(host, netfilter);
    }

    /** Gives back what it kept open from one change to the next; before the host's namespace is closed. */
    @Override
    public void close() {
        netfilter.close();
    }
}
