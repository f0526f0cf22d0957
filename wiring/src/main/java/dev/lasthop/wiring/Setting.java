package dev.lasthop.wiring;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;

/**
 * Something that can be asked of a network or an endpoint besides what all of them have: one record a kind, which keeps itself on record
 * under its key. A new one is a record, its name among those permitted, and its line in {@link #ofJson}; nothing else needs to know it but
 * whoever acts on it.
 */
public sealed interface Setting
        permits AllowedNetworks,
                AttachedLink,
                BridgePort,
                DefaultRoute,
                ExtraRoutes,
                InterfaceMtu,
                KernelParameters,
                LeaseRanges,
                Peers,
                RateLimits,
                SourceAddress {
    /** Its name in JSON; there is at most one of each among {@link Settings}. */
    String key();

    /** What {@link #ofJson} reads. */
    JsonObject toJson();

    /** @throws JsonException if there is no such setting, or it is not one */
    static Setting ofJson(String key, JsonObject json) {
        return switch (key) {
            case AllowedNetworks.KEY -> AllowedNetworks.ofJson(json);
            case AttachedLink.KEY -> AttachedLink.ofJson(json);
            case BridgePort.KEY -> BridgePort.ofJson(json);
            case DefaultRoute.KEY -> DefaultRoute.ofJson(json);
            case ExtraRoutes.KEY -> ExtraRoutes.ofJson(json);
            case InterfaceMtu.KEY -> InterfaceMtu.ofJson(json);
            case KernelParameters.KEY -> KernelParameters.ofJson(json);
            case LeaseRanges.KEY -> LeaseRanges.ofJson(json);
            case RateLimits.KEY -> RateLimits.ofJson(json);
            case Peers.KEY -> Peers.ofJson(json);
            case SourceAddress.KEY -> SourceAddress.ofJson(json);
            default ->
                throw new JsonException("no setting is called \"" + key + "\": a newer Lasthop may have written it");
        };
    }
}
