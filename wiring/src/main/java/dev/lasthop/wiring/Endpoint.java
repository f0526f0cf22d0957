package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One connection of a namespace to a network.
 *
 * @param name what it is called: {@code lasthop:NAME}
 * @param inode the namespace's number
 * @param cookie what tells the namespace from a later one that got its number; 0 where that is not known
 * @param hostLink the host's end of the veth pair; empty where the driver makes none
 * @param complete whether connecting it came to its end
 * @param undo what disconnecting does inside the namespace
 */
public record Endpoint(
        String name,
        String network,
        Place place,
        long inode,
        long cookie,
        String interfaceName,
        Optional<String> hostLink,
        MacAddress mac,
        List<Prefix> addresses,
        Settings settings,
        boolean complete,
        List<Step> undo) {
    public Endpoint {
        addresses = List.copyOf(addresses);
        undo = List.copyOf(undo);
    }

    Endpoint completed(List<Step> steps) {
        return with(draft -> {
            draft.complete = true;
            draft.undo = steps;
        });
    }

    Endpoint incomplete() {
        return with(draft -> draft.complete = false);
    }

    Endpoint withAddresses(List<Prefix> newAddresses) {
        return with(draft -> draft.addresses = newAddresses);
    }

    Endpoint withMac(MacAddress newMac) {
        return with(draft -> draft.mac = newMac);
    }

    Endpoint with(Settings newSettings) {
        return with(draft -> draft.settings = newSettings);
    }

    Endpoint withUndo(List<Step> steps) {
        return with(draft -> draft.undo = steps);
    }

    Endpoint with(Setting setting) {
        return with(draft -> draft.settings = draft.settings.with(setting));
    }

    public Optional<IpAddress> address(Family family) {
        return addresses.stream()
                .map(Prefix::address)
                .filter(address -> address.family() == family)
                .findFirst();
    }

    /** Whether it is this namespace that is connected, and not another that has its number or its name now. */
    public boolean isIn(NetworkNamespace namespace) {
        return namespace.inode() == inode && (cookie == 0 || namespace.identity() == cookie);
    }

    /** Whether both are connections of one namespace. */
    public boolean isBeside(Endpoint other) {
        return other.inode == inode && other.cookie == cookie;
    }

    /** Unique among all endpoints, and a file's name. */
    String id() {
        return id(name, network);
    }

    static String id(String name, String network) {
        return name + "@" + network;
    }

    /** The endpoint as {@code ls} shows it, with the ports of the host that lead to it. */
    public JsonObject toJson(List<PublishedPort> ports) {
        JsonObject.Builder json = JsonObject.builder();
        toJson().members().forEach(json::put);
        return json.putStrings(
                        "ports", ports.stream().map(PublishedPort::toString).toList())
                .put("published", ports, PublishedPort::toJson)
                .build();
    }

    private JsonObject toJson() {
        JsonObject.Builder json = JsonObject.builder()
                .put("name", name)
                .put("network", network)
                .put("namespace", place.label())
                .put("interface", interfaceName)
                .putIfPresent("hostInterface", hostLink)
                .put("mac", mac.toString())
                .putStrings(
                        "addresses", addresses.stream().map(Prefix::toString).toList());
        if (!settings.all().isEmpty()) {
            json.put("settings", settings.toJson());
        }
        return json.build();
    }

    JsonObject toRecord() {
        JsonObject.Builder json = JsonObject.builder();
        toJson().members().forEach(json::put);
        return json.put("inode", inode)
                .put("cookie", cookie)
                .put("complete", complete)
                .put("undo", undo, Step::toJson)
                .build();
    }

    static Endpoint ofRecord(JsonObject json) {
        return new Endpoint(
                json.string("name"),
                json.string("network"),
                Place.parse(json.string("namespace")),
                json.longInteger("inode"),
                json.findLong("cookie").orElse(0),
                json.string("interface"),
                json.findString("hostInterface"),
                MacAddress.parse(json.string("mac")),
                json.strings("addresses").stream().map(Prefix::parse).toList(),
                Settings.ofMember(json),
                json.flag("complete", false),
                json.objects("undo").stream().map(Step::ofJson).toList());
    }

    private Endpoint with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.endpoint();
    }

    /** What the {@code with…} methods write in: so that a new component does not touch each of them. */
    private static final class Draft {
        private final Endpoint before;
        private MacAddress mac;
        private List<Prefix> addresses;
        private Settings settings;
        private boolean complete;
        private List<Step> undo;

        Draft(Endpoint endpoint) {
            before = endpoint;
            mac = endpoint.mac;
            addresses = endpoint.addresses;
            settings = endpoint.settings;
            complete = endpoint.complete;
            undo = endpoint.undo;
        }

        Endpoint endpoint() {
            return new Endpoint(
                    before.name,
                    before.network,
                    before.place,
                    before.inode,
                    before.cookie,
                    before.interfaceName,
                    before.hostLink,
                    mac,
                    addresses,
                    settings,
                    complete,
                    undo);
        }
    }
}
