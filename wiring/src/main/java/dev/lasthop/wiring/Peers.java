package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The other nodes of a network, by their names; each at most once. */
public record Peers(List<Peer> all) implements Setting {
    static final String KEY = "peers";

    public static final Peers NONE = new Peers(List.of());

    public Peers {
        all = all.stream().sorted(Comparator.comparing(Peer::node)).toList();
        for (int i = 1; i < all.size(); i++) {
            if (all.get(i).node().equals(all.get(i - 1).node())) {
                throw WiringException.wrong("peer " + all.get(i).node() + " is said twice");
            }
        }
    }

    public Optional<Peer> find(String node) {
        return all.stream().filter(peer -> peer.node().equals(node)).findFirst();
    }

    /** With one more, or in place of the one of the same name. */
    Peers with(Peer peer) {
        return new Peers(Stream.concat(without(peer.node()).all.stream(), Stream.of(peer))
                .toList());
    }

    Peers without(String node) {
        return new Peers(all.stream().filter(peer -> !peer.node().equals(node)).toList());
    }

    /** A network's. */
    public static Peers of(Network network) {
        return network.settings().find(Peers.class).orElse(NONE);
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("nodes", all, Peer::toJson).build();
    }

    static Peers ofJson(JsonObject json) {
        return new Peers(json.objects("nodes").stream().map(Peer::ofJson).toList());
    }
}
