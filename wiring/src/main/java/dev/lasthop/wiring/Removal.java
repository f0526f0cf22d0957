package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.StaleConnectionsStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import dev.lasthop.wiring.step.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Taking endpoints and networks away. All of it follows from what is on record, does no harm when done twice, and goes on through errors: so
 * it also ends what a killed process began.
 */
record Removal(Places places, Store store) {
    Plan plan(Endpoint endpoint) {
        List<Step> steps = new ArrayList<>();
        List<PublishedPort> ports = store.ports().of(endpoint.id());
        if (!ports.isEmpty()) {
            steps.addAll(withoutPorts(endpoint, ports, true));
        }
        store.network(endpoint.network()).ifPresent(network -> {
            steps.addAll(OwnTable.remove(endpoint, network, store));
            steps.addAll(network.plans().removal(endpoint, network, places));
        });
        steps.addAll(Tuning.removal(endpoint));
        if (isSameNamespace(endpoint)) {
            steps.addAll(inheritance(endpoint).now());
            steps.addAll(new Exits(places, store).leaving(endpoint));
        }
        // last: the kernel lets no link go before each packet that was under way when the ports were taken away is
        // through
        steps.addAll(Connections.through(endpoint, ports));
        return new Plan("disconnect " + endpoint.name() + " from " + endpoint.network(), steps);
    }

    /**
     * The steps that take ports off a living endpoint, but for its {@linkplain Connections#through connections}.
     *
     * @param all whether it has no other
     */
    List<Step> withoutPorts(Endpoint endpoint, List<PublishedPort> ports, boolean all) {
        List<Step> steps = new ArrayList<>();
        Optional<Network> network = store.network(endpoint.network());
        steps.add(PortElements.unpublish(endpoint, ports));
        boolean hairpin = BridgePort.of(endpoint.settings()).hairpin();
        if (all && network.filter(one -> one.plans().isBridged()).isPresent() && !hairpin) {
            endpoint.hostLink()
                    .ifPresent(link ->
                            steps.add(new LinkStep.PortOption(Place.HOST, link, LinkStep.BridgePortOption.HAIRPIN, 0)));
        }
        if (all && network.filter(one -> one.plans().isRouted()).isPresent()) {
            endpoint.hostLink()
                    .ifPresent(link ->
                            steps.add(new SysctlStep(Place.HOST, "net/ipv4/conf/" + link + "/route_localnet", "0")));
        }
        network.filter(one -> all && BridgePlans.isOwn(one) && isLastWithPorts(endpoint))
                .flatMap(Network::bridge)
                .ifPresent(bridge ->
                        steps.add(new SysctlStep(Place.HOST, "net/ipv4/conf/" + bridge + "/route_localnet", "0")));
        return steps;
    }

    private boolean isLastWithPorts(Endpoint endpoint) {
        Set<String> gone = leaving();
        return !store.ports()
                .hasAny(
                        endpoint.network(),
                        other -> !other.equals(endpoint.id()) && store.isOnRecord(other) && !gone.contains(other));
    }

    /** Removes the endpoint, its leases and its record. What could not be done, if anything; it is tried again then. */
    List<RuntimeException> remove(Endpoint endpoint) {
        List<Step> steps = plan(endpoint).steps();
        return begin(endpoint, steps).end(steps);
    }

    /**
     * An endpoint that is gone but for its interface, which the kernel takes its time to delete: not under the lock.
     *
     * @param work empty where all was done already
     * @param failures what could not be done of the rest
     */
    record Leaving(Endpoint endpoint, Optional<Work> work, List<Step> later, List<RuntimeException> failures) {
        /** One that is gone. */
        static Leaving over(Endpoint endpoint) {
            return new Leaving(endpoint, Optional.empty(), List.of(), List.of());
        }

        /** What could not be done, if anything. */
        List<RuntimeException> end(Places places) {
            return failures.isEmpty() && work.isPresent() ? work.get().end(later, places) : failures;
        }
    }

    /** Does what has to be done under the lock of removing an endpoint. */
    Leaving leave(Endpoint endpoint) {
        List<Step> steps = plan(endpoint).steps();
        int split = ownTail(endpoint, steps);
        Work work = begin(endpoint, steps);
        List<RuntimeException> failures = new ArrayList<>(Undo.all(steps.subList(0, split), places));
        List<Step> later = List.copyOf(steps.subList(split, steps.size()));
        if (failures.isEmpty()) {
            return new Leaving(endpoint, Optional.of(work.hold()), later, List.of());
        }
        failures.addAll(Undo.all(later, places));
        return new Leaving(endpoint, Optional.of(work), List.of(), failures);
    }

    /**
     * From where on the steps are nobody's business but the endpoint's: the deletion of its interfaces, what is inside, and what its ports,
     * which stay its own until the end, had led to it.
     */
    private static int ownTail(Endpoint endpoint, List<Step> steps) {
        int from = steps.size();
        while (from > 0
                && (steps.get(from - 1) instanceof LinkStep.Delete
                        || steps.get(from - 1) instanceof StaleConnectionsStep
                        || steps.get(from - 1).place().equals(endpoint.place()))) {
            from--;
        }
        return from;
    }

    private Work begin(Endpoint endpoint, List<Step> steps) {
        var work =
                new Work(store, places, "disconnect " + endpoint.name() + " from " + endpoint.network(), endpoint.id());
        List<Amendment> amendments = new ArrayList<>(releases(endpoint));
        amendments.addAll(Amendment.delete(endpoint, store.ports().of(endpoint.id())));
        amendments.add(Amendment.delete(endpoint));
        if (isSameNamespace(endpoint)) {
            // not with the amendments: those are made when others may have changed the heirs
            inheritance(endpoint).heirs().forEach(heir -> Amendment.save(heir).apply(store));
        }
        work.begin(steps, amendments);
        return work;
    }

    static List<Amendment> releases(Endpoint endpoint) {
        return releases(
                endpoint, endpoint.addresses().stream().map(Prefix::address).toList());
    }

    static List<Amendment> releases(Endpoint endpoint, List<IpAddress> addresses) {
        return addresses.stream()
                .<Amendment>map(address -> new Amendment.Release(endpoint.network(), address, endpoint.name()))
                .toList();
    }

    Plan plan(Network network) {
        List<Step> steps = new ArrayList<>();
        boolean last = isLast(network);
        if (last) {
            steps.addAll(OwnTable.delete(places.at(Place.HOST)));
        } else if (network.plans().crossesHost()) {
            steps.add(OwnTable.remove(network, store));
        }
        if (network.driver().tunnel().isEmpty()) { // else the routes go with it
            Peers.of(network).all().forEach(peer -> steps.addAll(new PeerPlans(network).remove(peer)));
        }
        steps.addAll(network.plans().removal(network));
        steps.addAll(network.undo());
        if (last) {
            steps.addAll(store.forwardingBefore());
        }
        return new Plan("remove network " + network.name(), steps);
    }

    /** Whether no other network is there: none either that cannot be read. */
    private boolean isLast(Network network) {
        return store.networks().stream().allMatch(other -> other.name().equals(network.name()))
                && !store.hasDamagedNetwork();
    }

    List<RuntimeException> remove(Network network) {
        Plan plan = plan(network);
        boolean last = isLast(network);
        List<Amendment> amendments = new ArrayList<>();
        amendments.add(new Amendment.ReleaseAll(network.name()));
        if (last) {
            amendments.add(Amendment.forgetForwarding());
        }
        amendments.add(Amendment.delete(network));
        var work = new Work(store, places, plan.title(), network.name());
        work.begin(plan.steps(), amendments);
        return work.end(plan.steps());
    }

    /**
     * Ends what killed processes began, one way or the other. To be called under the lock: then nobody else is at work, but for those who
     * hold their file.
     */
    Ended recover() {
        store.sweepJournal();
        List<Work.Unfinished> unfinished = store.unfinished();
        if (!unfinished.isEmpty()) {
            store.sweep(); // elsewhere nothing is written but by work that is in the journal
        }
        List<Work.Unfinished> ended = new ArrayList<>();
        List<String> told = new ArrayList<>();
        for (Work.Unfinished work : unfinished) {
            if (!work.isHeld()) {
                List<RuntimeException> failures = work.end(store, places);
                if (failures.isEmpty()) {
                    ended.add(work);
                }
                told.addAll(told((work.isDecided() ? "ended: " : "undone: ") + work.title(), failures));
            }
        }
        return new Ended(List.copyOf(ended), List.copyOf(told));
    }

    /** Undoes what processes that are no more did for themselves only. */
    List<String> abandoned(FileJournal journal) {
        List<String> removed = new ArrayList<>();
        for (FileJournal.Unfinished work : journal.unfinished()) {
            if (!work.ownerLives()) {
                List<RuntimeException> failures = Undo.all(work.undo(), places);
                if (failures.isEmpty()) {
                    StateFile.delete(work.file());
                }
                removed.addAll(told("undone: " + work.title(), failures));
            }
        }
        return removed;
    }

    static List<String> told(String success, List<RuntimeException> failures) {
        return failures.isEmpty()
                ? List.of(success)
                : failures.stream().map(RuntimeException::getMessage).toList();
    }

    /** @throws WiringException if something could not be done */
    static void complete(String what, List<RuntimeException> failures) {
        if (!failures.isEmpty()) {
            throw new WiringException(what + " could not be removed completely: "
                    + String.join(
                            "; ",
                            failures.stream().map(RuntimeException::getMessage).toList())
                    + ". It stays on record; try again, or lasthop gc");
        }
    }

    private boolean isSameNamespace(Endpoint endpoint) {
        return new EndpointPlans(places, store).isAlive(endpoint);
    }

    private Inheritance inheritance(Endpoint endpoint) {
        return new Inheritance(endpoint, endpoint.undo().isEmpty() ? List.of() : others(endpoint));
    }

    /** The other endpoints of the same namespace. */
    List<Endpoint> others(Endpoint endpoint) {
        Set<String> gone = leaving();
        return store.endpointsIn(endpoint.inode()).stream()
                .filter(other -> other.isBeside(endpoint) && !other.id().equals(endpoint.id()))
                .filter(other -> !gone.contains(other.id()))
                .toList();
    }

    /** Those that are on record only until their interfaces are deleted: of two that go at once, one must be the last. */
    private Set<String> leaving() {
        return store.unfinished().stream()
                .flatMap(Work.Unfinished::leaving)
                .map(Endpoint::id)
                .collect(Collectors.toSet());
    }
}
