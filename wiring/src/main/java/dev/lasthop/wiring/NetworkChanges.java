package dev.lasthop.wiring;

import dev.lasthop.wiring.step.AddressStep;
import dev.lasthop.wiring.step.Applied;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes and removes networks and their peers. To be called under the lock; what plans, without. */
record NetworkChanges(Places places, Store store) {
    Network create(NetworkSpec spec) {
        NetworkPlans.Prepared prepared = new NetworkPlans(places, store).prepare(spec);
        Work work = new Work(
                store, places, prepared.plan().title(), prepared.network().name());
        Applied applied = prepared.plan().apply(places, work);
        List<Step> own = applied.undo().stream()
                .filter(step -> step instanceof LinkStep || step instanceof AddressStep)
                .toList();
        Network network = prepared.network().withUndo(own);
        List<Amendment> records = new ArrayList<>(Forwarding.noted(applied, store));
        records.add(Amendment.save(network));
        work.keep(applied, records);
        return network;
    }

    Plan planRemoval(String name) {
        return Ended.underWay(store, ended -> ended.removed(name).isPresent()).orElseGet(() -> {
            Removal removal = new Removal(places, store);
            Plan plan = removal.plan(unused(name));
            List<Step> steps = new ArrayList<>();
            store.endpoints(name)
                    .forEach(gone -> steps.addAll(removal.plan(gone).steps()));
            steps.addAll(plan.steps());
            return new Plan(plan.title(), steps);
        });
    }

    Gone<Network> remove(String name, Ended ended) {
        Optional<Network> removed = ended.removed(name);
        if (removed.isPresent()) {
            return new Gone<>(removed.get(), true);
        }
        Network network = unused(name);
        Removal removal = new Removal(places, store);
        store.endpoints(name).forEach(gone -> Removal.complete("endpoint " + gone.id(), removal.remove(gone)));
        Removal.complete("network " + name, removal.remove(network));
        return new Gone<>(network, false);
    }

    Plan planPeer(String network, Peer peer) {
        return new PeerPlans(store.requireNetwork(network)).adding(peer, places, store);
    }

    Network addPeer(String network, Peer peer) {
        Network before = store.requireNetwork(network);
        Plan plan = new PeerPlans(before).adding(peer, places, store);
        Work work = new Work(store, places, plan.title(), network);
        Applied applied = plan.apply(places, work);
        Network done = before.with(Peers.of(before).with(peer));
        work.keep(applied, List.of(Amendment.save(done)));
        return done;
    }

    Plan planPeerRemoval(String network, String node) {
        return Ended.underWay(store, ended -> ended.has(PeerPlans.removal(network, node)))
                .orElseGet(() -> new PeerPlans(store.requireNetwork(network)).removing(node, places, store));
    }

    Gone<Network> removePeer(String network, String node, Ended ended) {
        Network before = store.requireNetwork(network);
        if (Peers.of(before).find(node).isEmpty() && ended.has(PeerPlans.removal(network, node))) {
            return new Gone<>(before, true);
        }
        Plan plan = new PeerPlans(before).removing(node, places, store);
        Network done = before.with(Peers.of(before).without(node));
        var work = new Work(store, places, plan.title(), network);
        work.begin(plan.steps(), List.of(Amendment.save(done)));
        Removal.complete("peer " + node, work.end(plan.steps()));
        return new Gone<>(done, false);
    }

    private Network unused(String name) {
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
}
