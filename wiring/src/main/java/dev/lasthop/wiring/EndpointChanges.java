package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.Applied;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Connects endpoints, changes and disconnects them. To be called under the lock; what plans, without. */
record EndpointChanges(Places places, Store store) {
    @SuppressWarnings("try") // the lock is there to be held
    Wiring.Connected connect(ConnectSpec spec) {
        clearWay(spec);
        new Ports(places, store).makeWay(spec.ports());
        EndpointPlans.Prepared prepared;
        Work work;
        try (StateFolders.Lock shared = leasesOf(spec.network()).lock()) {
            prepared = new EndpointPlans(places, store).prepare(spec);
            Endpoint chosen = prepared.endpoint();
            work = new Work(store, places, prepared.plan().title(), chosen.id()).otherwise(Removal.releases(chosen));
            take(chosen, chosen.addresses().stream().map(Prefix::address).toList(), work);
        }
        Endpoint endpoint = prepared.endpoint();
        Applied applied = prepared.plan().apply(places, work);
        Endpoint done = endpoint.completed(undoInside(applied, Tuning.plain(endpoint), endpoint));
        List<Amendment> records = new ArrayList<>(List.of(Amendment.save(done)));
        records.addAll(Amendment.save(done, prepared.ports()));
        work.keep(applied, records);
        return new Wiring.Connected(done, prepared.ports().stream().sorted().toList(), prepared.plan(), warnings());
    }

    Plan planChange(String endpoint, String network, Change change) {
        return new ChangePlans(places, store)
                .prepare(find(endpoint, network), change)
                .plan();
    }

    @SuppressWarnings("try")
    Wiring.Changed change(String endpoint, String network, Change change) {
        ChangePlans.Prepared prepared;
        Work work;
        try (StateFolders.Lock shared = leasesOf(network).lock()) {
            prepared = new ChangePlans(places, store).prepare(find(endpoint, network), change);
            if (prepared.changesNothing()) {
                return new Wiring.Changed(prepared.after(), prepared.plan());
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
        return new Wiring.Changed(done, prepared.plan());
    }

    Plan planDisconnect(String endpoint, String network) {
        return Ended.underWay(
                        store,
                        ended -> ended.disconnected(one -> Directory.isCalled(one, endpoint, network))
                                .isPresent())
                .orElseGet(() -> new Removal(places, store).plan(find(endpoint, network)));
    }

    Removal.Leaving leave(String endpoint, String network, Ended ended) {
        return ended.disconnected(one -> Directory.isCalled(one, endpoint, network))
                .map(Removal.Leaving::over)
                .orElseGet(() -> new Removal(places, store).leave(find(endpoint, network)));
    }

    private Endpoint find(String endpoint, String network) {
        return new Directory(store).find(endpoint, network);
    }

    private Leases leasesOf(String network) {
        return store.leases(store.requireNetwork(network));
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

    /** An endpoint of the same name whose namespace is gone is in nobody's way. */
    private void clearWay(ConnectSpec spec) {
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

    private List<String> warnings() {
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
}
