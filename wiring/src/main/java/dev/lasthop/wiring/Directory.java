package dev.lasthop.wiring;

import java.util.List;
import java.util.Optional;

/** Finds endpoints by what users call them: their name, their place's label, or {@code NAME@NETWORK} for one of its networks. */
record Directory(Store store) {
    static boolean isCalled(Endpoint known, String endpoint, String network) {
        return known.network().equals(network)
                && (known.name().equals(endpoint) || known.place().label().equals(endpoint));
    }

    Endpoint find(String endpoint, String network) {
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

    Endpoint findAnywhere(String endpoint) {
        return everywhere(endpoint).getFirst();
    }

    /** The endpoint on each of its networks, on one at least; for {@code NAME@NETWORK} on that one. */
    List<Endpoint> everywhere(String endpoint) {
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
}
