package dev.lasthop.wiring;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import java.util.Optional;

/**
 * A way onto a network, as it is asked for and kept on record: one record a driver, with the driver's own options. What it does is in its
 * {@link DriverPlans}. A new driver is these two classes, each named once here and there among those permitted.
 */
public sealed interface Driver
        permits AttachDriver, BridgeDriver, IpvlanDriver, MacvlanDriver, RoutedDriver, VxlanDriver {
    /** As {@code --driver} takes it. */
    String name();

    /** Its options, as members of the network's own document. */
    JsonObject options();

    /** In a few words, for people: {@code bridge lh-web}. */
    @Override
    String toString();

    /** The bridge whose ports the host's ends of its endpoints are, if that is how it works. */
    default Optional<String> bridge() {
        return Optional.empty();
    }

    /** The interface of the host that leads to the other nodes of the network, if that is how it works. */
    default Optional<String> tunnel() {
        return Optional.empty();
    }

    /** The interface of the host whose network its endpoints are on, if that is how it works. */
    default Optional<String> parentLink() {
        return Optional.empty();
    }

    /** @param network the document that {@link Network#toJson} made */
    static Driver ofJson(JsonObject network) {
        String name = network.findString("driver").orElse(BridgeDriver.NAME);
        return switch (name) {
            case BridgeDriver.NAME -> BridgeDriver.ofJson(network);
            case VxlanDriver.NAME -> VxlanDriver.ofJson(network);
            case RoutedDriver.NAME -> RoutedDriver.ofJson(network);
            case MacvlanDriver.NAME -> MacvlanDriver.ofJson(network);
            case IpvlanDriver.NAME -> IpvlanDriver.ofJson(network);
            case AttachDriver.NAME -> new AttachDriver();
            default -> throw new JsonException("there is no driver \"" + name + "\"");
        };
    }
}
