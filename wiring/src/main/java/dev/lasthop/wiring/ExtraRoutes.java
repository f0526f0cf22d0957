package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.RouteTo;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Routes of an endpoint besides those that its network brings, by destination. */
public record ExtraRoutes(List<ExtraRoute> all) implements Setting {
    static final String KEY = "routes";
    static final ExtraRoutes NONE = new ExtraRoutes(List.of());

    public ExtraRoutes {
        all = all.stream()
                .sorted(Comparator.comparing(route -> route.destination().toString()))
                .toList();
    }

    /**
     * A route through the endpoint's interface.
     *
     * @param via empty for the network's gateway; where it has none, for the link itself
     */
    public record ExtraRoute(Prefix destination, Optional<IpAddress> via) {
        /** @throws IllegalArgumentException if it is not {@code PREFIX} or {@code PREFIX,ADDRESS} */
        public static ExtraRoute parse(String text) {
            String[] parts = text.split(",", -1);
            if (parts.length > 2) {
                throw new IllegalArgumentException("a route is PREFIX or PREFIX,GATEWAY");
            }
            Prefix destination = Prefix.parse(parts[0]);
            Optional<IpAddress> via = parts.length == 2 ? Optional.of(IpAddress.parse(parts[1])) : Optional.empty();
            if (!destination.network().equals(destination)) {
                throw new IllegalArgumentException(
                        destination + " is an address; the prefix is " + destination.network());
            }
            if (via.filter(address -> address.isAny() || address.isMulticast() || address.isLoopback())
                    .isPresent()) {
                throw new IllegalArgumentException(via.get() + " is no router's address");
            }
            if (via.isPresent() && via.get().family() != destination.family()) {
                throw new IllegalArgumentException(
                        "gateway " + via.get() + " is of another family than " + destination);
            }
            return new ExtraRoute(destination, via);
        }

        RouteTo on(Endpoint endpoint, Network network) {
            RouteTo route = RouteTo.prefix(destination).on(endpoint.interfaceName());
            if (via.isPresent()) {
                return route.via(via.get());
            }
            Optional<IpAddress> gateway = network.subnet(destination.family()).flatMap(Subnet::gateway);
            boolean near = gateway.isEmpty()
                    || endpoint.addresses().stream()
                            .anyMatch(address -> address.network().contains(gateway.get()));
            RouteTo whole = gateway.map(route::via).orElse(route);
            return near ? whole : whole.onLink();
        }

        @Override
        public String toString() {
            return destination + via.map(address -> "," + address).orElse("");
        }
    }

    static ExtraRoutes of(Settings settings) {
        return settings.find(ExtraRoutes.class).orElse(NONE);
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder()
                .putStrings("all", all.stream().map(ExtraRoute::toString).toList())
                .build();
    }

    static ExtraRoutes ofJson(JsonObject json) {
        return new ExtraRoutes(
                json.strings("all").stream().map(ExtraRoute::parse).toList());
    }
}
