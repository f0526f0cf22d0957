package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import java.util.Optional;

/**
 * One address range of a network.
 *
 * @param gateway what the endpoints send everything else to: the bridge's own address in it, or a router outside; empty where there is none
 */
public record Subnet(Prefix prefix, Optional<IpAddress> gateway) {
    /** With the first address as the gateway. */
    static Subnet of(Prefix prefix) {
        return new Subnet(prefix, Optional.of(prefix.first().plus(1)));
    }

    public Family family() {
        return prefix.family();
    }

    /** The gateway with the prefix's length, as it stands on a bridge. */
    Optional<Prefix> gatewayPrefix() {
        return gateway.map(this::with);
    }

    /** An address with the prefix's length, as it stands on an interface. */
    public Prefix with(IpAddress address) {
        return new Prefix(address, prefix.length());
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("prefix", prefix.toString())
                .putIfPresent("gateway", gateway.map(IpAddress::toString))
                .build();
    }

    static Subnet ofJson(JsonObject json) {
        return new Subnet(
                Prefix.parse(json.string("prefix")), json.findString("gateway").map(IpAddress::parse));
    }
}
