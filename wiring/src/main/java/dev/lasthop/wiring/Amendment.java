package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * A change of what is on record, of one file each. Made twice it does no harm, so whoever finds it in the journal makes it, whether or not it
 * has been made already.
 */
sealed interface Amendment {
    void apply(Store store);

    /** What takes it back, worked out from what is on record now. */
    List<Amendment> inverse(Store store);

    JsonObject toJson();

    /** The network is on record as this. */
    static Amendment save(Network network) {
        return new Put(Store.Kind.NETWORK, network.name(), network.toRecord());
    }

    /** The endpoint is on record as this. */
    static Amendment save(Endpoint endpoint) {
        return new Put(Store.Kind.ENDPOINT, endpoint.id(), endpoint.toRecord());
    }

    static Amendment delete(Network network) {
        return new Drop(Store.Kind.NETWORK, network.name(), Optional.of(network.toRecord()));
    }

    static Amendment delete(Endpoint endpoint) {
        return new Drop(Store.Kind.ENDPOINT, endpoint.id(), Optional.of(endpoint.toRecord()));
    }

    /** Forwarding is to be set back by these steps when the last network goes. */
    static Amendment forwarding(List<Step> undo) {
        return new Put(Store.Kind.FORWARDING, "", Store.forwardingRecord(undo));
    }

    static Amendment forgetForwarding() {
        return new Drop(Store.Kind.FORWARDING, "", Optional.empty());
    }

    /** These ports are on record as the endpoint's. */
    static List<Amendment> save(Endpoint endpoint, List<PublishedPort> ports) {
        return ports.stream()
                .<Amendment>map(port -> new PutPort(endpoint.id(), port))
                .toList();
    }

    static List<Amendment> delete(Endpoint endpoint, List<PublishedPort> ports) {
        return ports.stream()
                .<Amendment>map(port -> new DropPort(endpoint.id(), port))
                .toList();
    }

    /** A port is on record as the endpoint's. */
    record PutPort(String endpoint, PublishedPort port) implements Amendment {
        @Override
        public void apply(Store store) {
            store.ports().save(endpoint, port);
        }

        @Override
        public List<Amendment> inverse(Store store) {
            return List.of(new DropPort(endpoint, port));
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder()
                    .put("putPort", port.toJson())
                    .put("endpoint", endpoint)
                    .build();
        }
    }

    /** A port is not on record as the endpoint's. */
    record DropPort(String endpoint, PublishedPort port) implements Amendment {
        @Override
        public void apply(Store store) {
            store.ports().delete(endpoint, port);
        }

        @Override
        public List<Amendment> inverse(Store store) {
            return List.of(new PutPort(endpoint, port));
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder()
                    .put("dropPort", port.toJson())
                    .put("endpoint", endpoint)
                    .build();
        }
    }

    /** A file has this content. */
    record Put(Store.Kind kind, String name, JsonObject content) implements Amendment {
        @Override
        public void apply(Store store) {
            store.write(kind, name, content);
        }

        @Override
        public List<Amendment> inverse(Store store) {
            return List.of(StateFile.read(store.file(kind, name), before -> before)
                    .<Amendment>map(before -> new Put(kind, name, before))
                    .orElseGet(() -> new Drop(kind, name, Optional.empty())));
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder()
                    .put("put", kind.word())
                    .put("name", name)
                    .put("content", content)
                    .build();
        }
    }

    /**
     * A file is not there.
     *
     * @param was what it said, where somebody may ask for it that finds it gone
     */
    record Drop(Store.Kind kind, String name, Optional<JsonObject> was) implements Amendment {
        @Override
        public void apply(Store store) {
            store.delete(kind, name);
        }

        @Override
        public List<Amendment> inverse(Store store) {
            return StateFile.read(store.file(kind, name), before -> before).stream()
                    .<Amendment>map(before -> new Put(kind, name, before))
                    .toList();
        }

        @Override
        public JsonObject toJson() {
            JsonObject.Builder json =
                    JsonObject.builder().put("drop", kind.word()).put("name", name);
            was.ifPresent(content -> json.put("was", content));
            return json.build();
        }
    }

    /** This holder does not have this address. */
    record Release(String network, IpAddress address, String holder) implements Amendment {
        @Override
        public void apply(Store store) {
            store.leases(network).release(address, holder);
        }

        @Override
        public List<Amendment> inverse(Store store) {
            return List.of();
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder()
                    .put("release", address.toString())
                    .put("network", network)
                    .put("holder", holder)
                    .build();
        }
    }

    /** Nobody has an address of this network. */
    record ReleaseAll(String network) implements Amendment {
        @Override
        public void apply(Store store) {
            store.leases(network).forget();
        }

        @Override
        public List<Amendment> inverse(Store store) {
            return List.of();
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder().put("releaseAll", network).build();
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws JsonException if it is something else
     */
    static Amendment ofJson(JsonObject json) {
        if (json.has("put")) {
            return new Put(Store.Kind.of(json.string("put")), json.string("name"), json.object("content"));
        }
        if (json.has("drop")) {
            return new Drop(
                    Store.Kind.of(json.string("drop")),
                    json.string("name"),
                    json.has("was") ? Optional.of(readable(json)) : Optional.empty());
        }
        if (json.has("putPort")) {
            return new PutPort(json.string("endpoint"), PublishedPort.ofJson(json.object("putPort")));
        }
        if (json.has("dropPort")) {
            return new DropPort(json.string("endpoint"), PublishedPort.ofJson(json.object("dropPort")));
        }
        if (json.has("release")) {
            return new Release(json.string("network"), IpAddress.parse(json.string("release")), json.string("holder"));
        }
        return new ReleaseAll(json.string("releaseAll"));
    }

    private static JsonObject readable(JsonObject json) {
        JsonObject was = json.object("was");
        switch (Store.Kind.of(json.string("drop"))) {
            case NETWORK -> Network.ofRecord(was);
            case ENDPOINT -> Endpoint.ofRecord(was);
            case FORWARDING -> {}
        }
        return was;
    }
}
