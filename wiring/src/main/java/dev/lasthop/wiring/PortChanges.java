package dev.lasthop.wiring;

import dev.lasthop.wiring.step.Applied;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Publishes ports of endpoints that are connected, and takes them back. To be called under the lock; what plans, without. */
record PortChanges(Places places, Store store) {
    Plan plan(String endpoint, PublishedPort port) {
        return plan(new Directory(store).findAnywhere(endpoint), port);
    }

    Endpoint publish(String endpoint, PublishedPort port) {
        Endpoint found = new Directory(store).findAnywhere(endpoint);
        new Ports(places, store).makeWay(List.of(port));
        Plan plan = plan(found, port);
        Work work = new Work(store, places, plan.title(), found.id());
        Applied applied = plan.apply(places, work);
        work.keep(applied, Amendment.save(found, List.of(port)));
        return found;
    }

    Gone<Endpoint> unpublish(String endpoint, PublishedPort held, Ended ended) {
        List<Endpoint> known = new Directory(store).everywhere(endpoint);
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
        List<Step> steps = new ArrayList<>(new Removal(places, store).withoutPorts(found, List.of(held), last));
        steps.addAll(Connections.through(found, List.of(held)));
        var work = new Work(store, places, "unpublish " + held + " of " + found.id(), found.id());
        work.begin(steps, Amendment.delete(found, List.of(held)));
        Removal.complete("port " + held, work.end(steps));
        return new Gone<>(found, false);
    }

    private Plan plan(Endpoint endpoint, PublishedPort port) {
        HostView view = new HostView(places.at(Place.HOST));
        Ports ports = new Ports(places, store);
        ports.refuseTaken(view, endpoint, List.of(port));
        List<Step> steps = new ArrayList<>(view.hasOwnTable() ? List.of() : OwnTable.whole(store, view));
        steps.addAll(ports.steps(view, store.requireNetwork(endpoint.network()), endpoint, List.of(port)));
        return new Plan("publish " + port + " of " + endpoint.id(), steps);
    }
}
