package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.step.Applied;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.PlanException;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * <p>Everything throws {@link WiringException} for what cannot be done, and {@link PlanException} for what the kernel refused.
 */
public final class Wiring {
    private final Store store;
    private final NetworkNamespace host;

    /** @param host the namespace that bridges and the host's ends are made in; stays the caller's to close */
    public Wiring(StateFolders folders, NetworkNamespace host) {
        this.store = new Store(folders);
        this.host = host;
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
        return changing(places -> {
            NetworkPlans.Prepared prepared = new NetworkPlans(places, store).prepare(spec);
            Work work = new Work(
                    store, places, prepared.plan().title(), prepared.network().name());
            Applied applied = prepared.plan().apply(places, work);
            List<Step> own = applied.undo().stream()
                    .filter(step -> step instanceof LinkStep || step instanceof dev.lasthop.wiring.step.AddressStep)
                    .toList();
            Network network = prepared.network().withUndo(own);
            List<Amendment> records = new ArrayList<>(forwarding(applied));
            records.add(Amendment.save(network));
            work.keep(applied, records);
            return network;
        });
    }

    /** What is to be noted down of forwarding that was switched on. */
    private List<Amendment> forwarding(Applied applied) {
        List<Step> now = applied.undo().stream().filter(Wiring::isForwarding).toList();
        List<Step> before = store.forwardingBefore();
        if (before.containsAll(now)) {
            return List.of();
        }
        List<Step> all = new ArrayList<>(now);
        all.addAll(before); // the oldest last: what it was at first
        return List.of(Amendment.forwarding(all));
    }

    public Plan planRemoveNetwork(String name) {
        return looking(places -> new Removal(places, store).plan(unused(places, name)));
    }

    public Gone<Network> removeNetwork(String name) {
        return changing((places, ended) -> {
            Optional<Network> removed = ended.removed(name);
            if (removed.isPresent()) {
                return new Gone<>(removed.get(), true);
            }
            Network network = unused(places, name);
            store.endpoints(name)
                    .forEach(gone -> complete("endpoint " + gone.id(), new Removal(places, store).remove(gone)));
            complete("network " + name, new Removal(places, store).remove(network));
            return new Gone<>(network, false);
        });
    }

    /** What {@link #addPeer} would do. */
    public Plan planAddPeer(String network, Peer peer) {
        return looking(places -> new PeerPlans(store.requireNetwork(network)).adding(peer, places, store));
    }

    /** Makes another node's containers reachable, or takes what is said now for what was said of that node before. */
    public Network addPeer(String network, Peer peer) {
        return changing(places -> {
            Network before = store.requireNetwork(network);
            Plan plan = new PeerPlans(before).adding(peer, places, store);
            Work work = new Work(store, places, plan.title(), network);
            Applied applied = plan.apply(places, work);
            Network done = before.with(Peers.of(before).with(peer));
            work.keep(applied, List.of(Amendment.save(done)));
            return done;
        });
    }

    /** What {@link #removePeer} would do. */
    public Plan planRemovePeer(String network, String node) {
        return looking(places -> new PeerPlans(store.requireNetwork(network)).removing(node, places, store));
    }

    public Gone<Network> removePeer(String network, String node) {
        return changing((places, ended) -> {
            Network before = store.requireNetwork(network);
            if (Peers.of(before).find(node).isEmpty() && ended.has(PeerPlans.removal(network, node))) {
                return new Gone<>(before, true);
            }
            Plan plan = new PeerPlans(before).removing(node, places, store);
            Network done = before.with(Peers.of(before).without(node));
            var work = new Work(store, places, plan.title(), network);
            work.begin(plan.steps(), List.of(Amendment.save(done)));
            complete("peer " + node, work.end(plan.steps()));
            return new Gone<>(done, false);
        });
    }

    public Plan planConnect(ConnectSpec spec) {
        return looking(places -> new EndpointPlans(places, store).prepare(spec).plan());
    }

    @SuppressWarnings("try") // the lock is there to be held
    public Connected connect(ConnectSpec spec) {
        return changing(places -> {
            clearWay(places, spec);
            new Ports(places, store).makeWay(spec.ports());
            EndpointPlans.Prepared prepared;
            Work work;
            try (StateFolders.Lock shared = leasesOf(spec.network()).lock()) {
                prepared = new EndpointPlans(places, store).prepare(spec);
                Endpoint chosen = prepared.endpoint();
                work = new Work(store, places, prepared.plan().title(), chosen.id())
                        .otherwise(Removal.releases(chosen));
                take(chosen, chosen.addresses().stream().map(Prefix::address).toList(), work);
            }
            Endpoint endpoint = prepared.endpoint();
            Applied applied = prepared.plan().apply(places, work);
            Endpoint done = endpoint.completed(undoInside(applied, Tuning.plain(endpoint), endpoint));
            List<Amendment> records = new ArrayList<>(List.of(Amendment.save(done)));
            records.addAll(Amendment.save(done, prepared.ports()));
            work.keep(applied, records);
            return new Connected(done, prepared.ports().stream().sorted().toList(), prepared.plan(), warnings(places));
        });
    }

    private Leases leasesOf(String network) {
        return store.leases(store.requireNetwork(network).name());
    }

    private void take(Endpoint endpoint, List<IpAddress> addresses, Work work) {
        try {
            Leases leases = store.leases(endpoint.network());
            for (IpAddress address : addresses) {
                Optional<Leases.Lease> abandoned = leases.holder(address)
                        .filter(_ -> store.holder(endpoint.network(), address).isEmpty());
                abandoned.ifPresent(lease -> leases.release(address, lease.holder()));
                leases.take(address, endpoint.name(), endpoint.interfaceName());
            }
        } catch (RuntimeException e) {
            work.close();
            throw e;
        }
    }

    /**
     * An endpoint that was changed.
     *
     * @param plan what was done; without steps where all was so already
     */
    public record Changed(Endpoint endpoint, Plan plan) {}

    /** What {@link #change} would do. */
    public Plan planChange(String endpoint, String network, Change change) {
        return looking(places -> new ChangePlans(places, store)
                .prepare(find(endpoint, network), change)
                .plan());
    }

    /** Changes a connected endpoint, without taking it off the network. */
    @SuppressWarnings("try")
    public Changed change(String endpoint, String network, Change change) {
        return changing(places -> {
            ChangePlans.Prepared prepared;
            Work work;
            try (StateFolders.Lock shared = leasesOf(network).lock()) {
                prepared = new ChangePlans(places, store).prepare(find(endpoint, network), change);
                if (prepared.changesNothing()) {
                    return new Changed(prepared.after(), prepared.plan());
                }
                work = new Work(
                                store,
                                places,
                                prepared.plan().title(),
                                prepared.after().id())
                        .otherwise(Removal.releases(prepared.after(), prepared.taken()));
                take(prepared.after(), prepared.taken(), work);
            }
            Endpoint after = prepared.after();
            Applied applied = prepared.plan().apply(places, work);
            Endpoint done = after.withUndo(undoInside(applied, prepared.before(), after));
            List<Amendment> records = new ArrayList<>();
            records.add(Amendment.save(done));
            records.addAll(Removal.releases(after, prepared.released()));
            work.keep(applied, records);
            return new Changed(done, prepared.plan());
        });
    }

    /** @param endpoint a name, or a place's label: {@code web}, {@code netns:web} */
    public Plan planDisconnect(String endpoint, String network) {
        return looking(places -> new Removal(places, store).plan(find(endpoint, network)));
    }

    /** Works without the namespace too: what is on the host goes. */
    public Gone<Endpoint> disconnect(String endpoint, String network) {
        Removal.Leaving leaving = changing((places, ended) -> {
            Optional<Endpoint> left = ended.disconnected(one -> isCalled(one, endpoint, network));
            return left.map(Removal.Leaving::over)
                    .orElseGet(() -> new Removal(places, store).leave(find(endpoint, network)));
        });
        complete("endpoint " + endpoint, leaving.end(host));
        return new Gone<>(leaving.endpoint(), leaving.work().isEmpty());
    }

    private static boolean isCalled(Endpoint known, String endpoint, String network) {
        return known.network().equals(network)
                && (known.name().equals(endpoint) || known.place().label().equals(endpoint));
    }

    public Plan planPublish(String endpoint, PublishedPort port) {
        return looking(places -> publishing(places, findAnywhere(endpoint), port));
    }

    /** @param endpoint a name, a place's label, or {@code NAME@NETWORK} for one of its networks */
    public Endpoint publish(String endpoint, PublishedPort port) {
        return changing(places -> {
            Endpoint found = findAnywhere(endpoint);
            new Ports(places, store).makeWay(List.of(port));
            Plan plan = publishing(places, found, port);
            Work work = new Work(store, places, plan.title(), found.id());
            Applied applied = plan.apply(places, work);
            work.keep(applied, Amendment.save(found, List.of(port)));
            return found;
        });
    }

    /** Takes a port off an endpoint; {@code held} is found by {@link #published}. */
    public Gone<Endpoint> unpublish(String endpoint, PublishedPort held) {
        return changing((places, ended) -> {
            List<Endpoint> known = everywhere(endpoint);
            Optional<Endpoint> done =
                    known.stream().filter(one -> ended.unpublished(one, held)).findFirst();
            if (done.isPresent()) {
                return new Gone<>(done.get(), true);
            }
            Endpoint found = known.stream()
                    .filter(one -> store.ports().has(one.id(), held))
                    .findFirst()
                    .orElseThrow(() -> new WiringException("port " + held + " is not published by " + endpoint));
            boolean last = store.ports().isOnly(found.id(), held);
            List<Step> steps = new Removal(places, store).withoutPorts(found, List.of(held), last);
            var work = new Work(store, places, "unpublish " + held + " of " + found.id(), found.id());
            work.begin(steps, Amendment.delete(found, List.of(held)));
            complete("port " + held, work.end(steps));
            return new Gone<>(found, false);
        });
    }

    /**
     * The ports of an endpoint that a port of the host, of all its addresses unless one is given, stands for; also those that a killed
     * process was taking off it.
     */
    public List<PublishedPort> published(String endpoint, HostPort wanted) {
        List<Work.Unfinished> unfinished = store.unfinished();
        return everywhere(endpoint).stream()
                .flatMap(one ->
                        Stream.concat(ports(one).stream(), unfinished.stream().flatMap(work -> work.portsLeaving(one))))
                .distinct()
                .sorted()
                .filter(port -> port.host().first() == wanted.first()
                        && port.host().last() == wanted.last()
                        && port.protocol().equals(wanted.protocol()))
                .filter(port -> wanted.address().isEmpty() || port.hostAddress().equals(wanted.address()))
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
     * @param found in words, a line each; empty where all is well
     * @param plan what puts it back
     */
    public record Repaired(List<String> found, Plan plan) {}

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

    /** All that {@link #repair} would put back, one by one. */
    public List<Lost> lost() {
        return looking(places -> new Repair(places, store)
                .differences().stream()
                        .map(difference -> new Lost(difference.what(), difference.steps()))
                        .toList());
    }

    /** What {@link #repair} would do. */
    public Repaired planRepair() {
        return looking(places -> repaired(new Repair(places, store).differences()));
    }

    /** Puts back what others took away, and just that. */
    public Repaired repair() {
        return changing(places -> {
            Repaired repaired = repaired(new Repair(places, store).differences());
            Work work = new Work(store, places, "repair", "");
            Applied applied = repaired.plan().apply(places, work);
            work.keep(applied, forwarding(applied));
            return repaired;
        });
    }

    private static Repaired repaired(List<Differences.Difference> differences) {
        return new Repaired(
                differences.stream().map(Differences.Difference::what).toList(), Repair.plan(differences));
    }

    /** Ends, one way or the other, what killed processes left half done; in words what that was. Every change begins with this. */
    public List<String> recover() {
        return store.unfinished().isEmpty()
                ? List.of()
                : locked(places -> new Removal(places, store).recover().told());
    }

    /** Takes away what killed processes left half done, and endpoints whose namespace is gone. */
    public Collected gc() {
        return locked(places -> {
            Removal removal = new Removal(places, store);
            store.sweep();
            List<String> kept = store.setAside();
            List<String> removed = new ArrayList<>(removal.recover().told());
            for (Endpoint endpoint : store.endpoints()) {
                if (!new EndpointPlans(places, store).isAlive(endpoint)) {
                    removed.addAll(Removal.told(
                            "removed " + endpoint.id() + ": " + endpoint.place().label() + " is gone",
                            removal.remove(endpoint)));
                }
            }
            for (Network network : store.networks()) {
                removed.addAll(released(network));
            }
            removed.addAll(removal.abandoned(temporary()));
            return new Collected(List.copyOf(removed), kept);
        });
    }

    /** Takes back the leases that no endpoint has. Of an endpoint whose record cannot be read, the name is known, and counts. */
    private List<String> released(Network network) {
        Leases leases = store.leases(network.name());
        List<Endpoint> holders = store.endpoints(network.name());
        List<String> damaged = store.damagedEndpoints(network.name());
        List<String> removed = new ArrayList<>();
        for (Leases.Lease lease : leases.all()) {
            boolean isHeld = damaged.contains(lease.holder())
                    || holders.stream()
                            .anyMatch(holder -> holder.name().equals(lease.holder())
                                    || holder.addresses().stream()
                                            .anyMatch(
                                                    address -> address.address().equals(lease.address())));
            if (!isHeld) {
                leases.release(lease.address(), lease.holder());
                removed.add("released " + lease.address() + " of " + network.name() + ", which "
                        + (lease.holder().isEmpty() ? "nobody" : Names.shown(lease.holder())) + " had");
            }
        }
        return removed;
    }

    /**
     * A journal for work that must not outlive this process, such as a demonstration: {@link #gc} of any later process takes back what it
     * records, if this process ended without closing it.
     */
    public FileJournal temporary() {
        return new FileJournal(store.folders().temporary());
    }

    private Plan publishing(Places places, Endpoint endpoint, PublishedPort port) {
        HostView view = new HostView(places.at(Place.HOST));
        Ports ports = new Ports(places, store);
        ports.refuseTaken(view, endpoint, List.of(port));
        List<Step> steps = new ArrayList<>(view.hasOwnTable() ? List.of() : OwnTable.whole(store));
        steps.addAll(ports.steps(view, store.requireNetwork(endpoint.network()), endpoint, List.of(port)));
        return new Plan("publish " + port + " of " + endpoint.id(), steps);
    }

    private Network unused(Places places, String name) {
        Network network = store.requireNetwork(name);
        EndpointPlans plans = new EndpointPlans(places, store);
        List<String> alive = store.endpoints(name).stream()
                .filter(plans::isAlive)
                .map(Endpoint::name)
                .toList();
        List<String> damaged = store.damagedEndpoints(name);
        if (!damaged.isEmpty()) {
            store.endpoint(damaged.getFirst(), name); // says what is the matter with it
        }
        if (!alive.isEmpty()) {
            throw new WiringException("network " + name + " is in use by " + String.join(", ", alive)
                    + "; lasthop disconnect takes them off it");
        }
        return network;
    }

    private Endpoint find(String endpoint, String network) {
        store.requireNetwork(network);
        Optional<Endpoint> named = store.endpoint(endpoint, network);
        return named.orElseGet(() -> findByPlace(endpoint, network));
    }

    private Endpoint findByPlace(String endpoint, String network) {
        return store.endpoints(network).stream()
                .filter(known -> known.place().label().equals(endpoint))
                .findFirst()
                .orElseThrow(() -> missing(endpoint, network));
    }

    private WiringException missing(String endpoint, String network) {
        if (store.damagedEndpoints(network).contains(endpoint)) {
            store.endpoint(endpoint, network); // says what is the matter with it
        }
        return new WiringException(
                Names.shown(endpoint) + " is not connected to " + network + "; lasthop ls shows what is");
    }

    private Endpoint findAnywhere(String endpoint) {
        return everywhere(endpoint).getFirst();
    }

    /** The endpoint on each of its networks, on one at least; for {@code NAME@NETWORK} on that one. */
    private List<Endpoint> everywhere(String endpoint) {
        List<Endpoint> found = endpoint.contains(":") // no name has one, and labels do
                ? store.endpoints().stream()
                        .filter(known -> known.place().label().equals(endpoint))
                        .toList()
                : store.endpointsNamed(endpoint);
        if (found.isEmpty()) {
            throw new WiringException(
                    Names.shown(endpoint) + " is connected to no network of Lasthop's; lasthop ls shows what is");
        }
        return found;
    }

    /** An endpoint of the same name whose namespace is gone is in nobody's way. */
    private void clearWay(Places places, ConnectSpec spec) {
        EndpointPlans plans = new EndpointPlans(places, store);
        Names.checked("an endpoint", spec.endpoint());
        String network = Names.checked("a network", spec.network());
        Stream<String> holders = spec.addresses().stream()
                .flatMap(address -> store.leases(network).holder(address).stream())
                .map(Leases.Lease::holder);
        Stream.concat(Stream.of(spec.endpoint()), holders)
                .distinct()
                .filter(name -> !name.isEmpty())
                .flatMap(name -> store.endpoint(name, network).stream())
                .filter(known -> !plans.isAlive(known))
                .forEach(gone -> new Removal(places, store).remove(gone));
    }

    private static List<String> warnings(Places places) {
        return new HostView(places.at(Place.HOST))
                .forwardDrops().stream()
                        .map(chain -> "chain " + chain
                                + " drops forwarded packets that none of its rules accepts; Lasthop does not change"
                                + " it. If packets of this network are lost there, accept them in it")
                        .toList();
    }

    /**
     * What disconnecting is to do inside: what a change has to take back, and what those before it had. Of a kernel parameter, the value
     * before it was first set.
     */
    private static List<Step> undoInside(Applied applied, Endpoint before, Endpoint after) {
        var known = KernelParameters.of(before.settings()).values().keySet();
        var wanted = KernelParameters.of(after.settings()).values().keySet();
        List<Step> undo = new ArrayList<>();
        for (Applied.Done done : applied.steps().reversed()) {
            boolean counts = done.step().place().equals(after.place())
                    && (done.step() instanceof LinkStep.Flag flag && flag.name().equals("lo")
                            || done.step() instanceof RouteStep.Delete delete // another's default route
                                    && !isExtra(delete.route(), before)
                            || done.step() instanceof SysctlStep sysctl
                                    && wanted.contains(sysctl.key())
                                    && !known.contains(sysctl.key()));
            undo.addAll(counts ? done.undo() : List.of());
        }
        before.undo().stream()
                .filter(step -> known.stream().noneMatch(key -> Tuning.isOf(step, key) && !wanted.contains(key)))
                .forEach(undo::add);
        return undo;
    }

    /** Whether it is one of the endpoint's own, which nobody wants back when it goes. */
    private static boolean isExtra(RouteTo route, Endpoint endpoint) {
        return ExtraRoutes.of(endpoint.settings()).all().stream()
                .anyMatch(extra -> extra.destination().equals(route.destination()));
    }

    private static boolean isForwarding(Step step) {
        return step instanceof SysctlStep sysctl
                && (sysctl.key().contains("forward") || sysctl.key().contains("accept_redirects"));
    }

    private static void complete(String what, List<RuntimeException> failures) {
        if (!failures.isEmpty()) {
            throw new WiringException(what + " could not be removed completely: "
                    + String.join(
                            "; ",
                            failures.stream().map(RuntimeException::getMessage).toList())
                    + ". It stays on record; try again, or lasthop gc");
        }
    }

    private <T> T looking(Function<Places, T> work) {
        try (Places places = Places.withHost(host)) {
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
                Places places = Places.withHost(host)) {
            return work.apply(places);
        }
    }
}
