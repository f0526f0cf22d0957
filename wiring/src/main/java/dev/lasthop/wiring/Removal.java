package dev.lasthop.wiring;

import dev.lasthop.linux.KernelException;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import dev.lasthop.wiring.step.Undo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Taking endpoints and networks away. All of it follows from what is on record, does no harm when done twice, and goes on through errors: so
 * it also ends what a killed process began.
 */
record Removal(Places places, Store store) {
    Plan plan(Endpoint endpoint) {
        List<Step> steps = new ArrayList<>();
        if (!endpoint.ports().isEmpty()) {
            steps.addAll(withoutPorts(endpoint, endpoint.ports()));
        }
        steps.addAll(plans(endpoint).removal(endpoint, places));
        steps.addAll(Tuning.removal(endpoint));
        if (isSameNamespace(endpoint) && !isElsewhere(endpoint)) {
            steps.addAll(endpoint.undo());
        }
        return new Plan("disconnect " + endpoint.name() + " from " + endpoint.network(), steps);
    }

    /** The steps that take ports off a living endpoint. */
    List<Step> withoutPorts(Endpoint endpoint, List<PublishedPort> ports) {
        List<Step> steps = new ArrayList<>();
        steps.add(OwnTable.unpublish(endpoint, ports));
        steps.addAll(new Connections(places.at(Place.HOST)).through(endpoint, ports));
        if (endpoint.ports().size() == ports.size() && plans(endpoint).isBridged()) {
            endpoint.hostLink()
                    .ifPresent(link ->
                            steps.add(new LinkStep.PortOption(Place.HOST, link, LinkStep.BridgePortOption.HAIRPIN, 0)));
        }
        boolean lastPort = endpoint.ports().size() == ports.size()
                && store.endpoints(endpoint.network()).stream()
                        .noneMatch(other -> !other.id().equals(endpoint.id())
                                && !other.ports().isEmpty());
        store.network(endpoint.network())
                .filter(network -> lastPort && BridgePlans.isOwn(network))
                .flatMap(Network::bridge)
                .ifPresent(bridge ->
                        steps.add(new SysctlStep(Place.HOST, "net/ipv4/conf/" + bridge + "/route_localnet", "0")));
        return steps;
    }

    /** Removes the endpoint, its leases and its record. What could not be done, if anything; the record stays then. */
    List<KernelException> remove(Endpoint endpoint) {
        if (endpoint.complete()) {
            store.save(endpoint.incomplete());
        }
        List<KernelException> failures = Undo.all(plan(endpoint).steps(), places);
        if (failures.isEmpty()) {
            Leases leases = store.leases(endpoint.network());
            endpoint.addresses().forEach(address -> leases.release(address.address(), endpoint.name()));
            store.delete(endpoint);
        }
        return failures;
    }

    Plan plan(Network network) {
        List<Step> steps = new ArrayList<>();
        boolean last = store.networks().stream().allMatch(other -> other.name().equals(network.name()));
        if (last) {
            steps.add(OwnTable.delete());
        } else if (network.plans().crossesHost()) {
            steps.add(OwnTable.remove(network));
        }
        steps.addAll(network.undo());
        if (last) {
            steps.addAll(store.forwardingBefore());
        }
        return new Plan("remove network " + network.name(), steps);
    }

    List<KernelException> remove(Network network) {
        if (network.complete()) {
            store.save(network.incomplete());
        }
        boolean last = store.networks().stream().allMatch(other -> other.name().equals(network.name()));
        List<KernelException> failures = Undo.all(plan(network).steps(), places);
        if (failures.isEmpty()) {
            store.leases(network.name()).forget();
            if (last) {
                store.forgetForwarding();
            }
            store.delete(network);
        }
        return failures;
    }

    /** Ends what killed processes began; in words what that was. To be called under the lock: then nobody else is at work. */
    List<String> recover() {
        store.sweep();
        List<String> done = new ArrayList<>();
        for (FileJournal.Unfinished work : store.journal().unfinished()) {
            boolean recorded = work.title().startsWith(Wiring.CREATE)
                    && store.network(work.title().substring(Wiring.CREATE.length()))
                            .isPresent();
            List<KernelException> failures = recorded ? List.of() : Undo.all(work.undo(), places);
            if (failures.isEmpty()) {
                StateFile.delete(work.file());
                restorePorts();
                done.add("undone: " + work.title());
            } else {
                failures.forEach(e -> done.add("could not undo " + work.title() + ": " + e.getMessage()));
            }
        }
        for (Endpoint endpoint : store.endpoints()) {
            if (!endpoint.complete()) {
                done.addAll(told("removed half-connected endpoint " + endpoint.id(), remove(endpoint)));
            }
        }
        for (Network network : store.networks()) {
            if (!network.complete()) {
                done.addAll(told("removed half-removed network " + network.name(), remove(network)));
            }
        }
        return done;
    }

    /** Undoes what processes that are no more did for themselves only. */
    List<String> abandoned(FileJournal journal) {
        List<String> removed = new ArrayList<>();
        for (FileJournal.Unfinished work : journal.unfinished()) {
            if (!work.ownerLives()) {
                List<KernelException> failures = Undo.all(work.undo(), places);
                if (failures.isEmpty()) {
                    StateFile.delete(work.file());
                }
                removed.addAll(told("undone: " + work.title(), failures));
            }
        }
        return removed;
    }

    static List<String> told(String success, List<KernelException> failures) {
        return failures.isEmpty()
                ? List.of(success)
                : failures.stream().map(KernelException::getMessage).toList();
    }

    /** What was published by others may have gone with what was undone. */
    private void restorePorts() {
        for (Endpoint endpoint : store.endpoints()) {
            if (endpoint.complete() && !endpoint.ports().isEmpty()) {
                store.network(endpoint.network()).ifPresent(network -> {
                    HostView host = new HostView(places.at(Place.HOST));
                    Undo.all(new Ports(store).steps(host, network, endpoint, endpoint.ports()), places);
                });
            }
        }
    }

    private DriverPlans plans(Endpoint endpoint) {
        return store.network(endpoint.network()).map(Network::plans).orElseGet(BridgePlans::new);
    }

    private boolean isSameNamespace(Endpoint endpoint) {
        return new EndpointPlans(places, store).isAlive(endpoint);
    }

    private boolean isElsewhere(Endpoint endpoint) {
        return Stream.of(endpoint)
                .anyMatch(one -> store.endpoints().stream()
                        .anyMatch(other ->
                                other.inode() == one.inode() && !other.id().equals(one.id())));
    }
}
