package dev.lasthop.wiring;

import dev.lasthop.wiring.step.Places;
import java.util.ArrayList;
import java.util.List;

/** Takes away what killed processes and vanished namespaces left behind. To be called under the lock. */
record Collection(Places places, Store store) {
    Wiring.Collected collect() {
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
        removed.addAll(removal.abandoned(new FileJournal(store.folders().temporary())));
        return new Wiring.Collected(List.copyOf(removed), kept);
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
}
