package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network as somebody asks for it.
 *
 * @param subnets one or two, of different families
 * @param gateways the bridge's addresses; for a subnet without one it is the first address
 * @param bridge the bridge's name; empty for one made from the network's name. If there is a bridge of that name it is used, and keeps
 *     what it has
 * @param internal without a way out: no default route, no masquerade, no forwarding to and from others
 * @param mtu in bytes; empty for the uplink's
 * @param masquerade whether what leaves by the uplink gets the host's address
 */
public record NetworkSpec(
        String name,
        List<Prefix> subnets,
        List<IpAddress> gateways,
        Optional<String> bridge,
        boolean internal,
        OptionalInt mtu,
        boolean masquerade) {
    public NetworkSpec {
        subnets = List.copyOf(subnets);
        gateways = List.copyOf(gateways);
    }

    /** With all that can be left to Lasthop left to it. */
    public static NetworkSpec of(String name, Prefix... subnets) {
        return new NetworkSpec(name, List.of(subnets), List.of(), Optional.empty(), false, OptionalInt.empty(), true);
    }

    public NetworkSpec withGateways(IpAddress... addresses) {
        return new NetworkSpec(name, subnets, List.of(addresses), bridge, internal, mtu, masquerade);
    }

    public NetworkSpec withBridge(String bridgeName) {
        return new NetworkSpec(name, subnets, gateways, Optional.of(bridgeName), internal, mtu, masquerade);
    }

    public NetworkSpec withMtu(int bytes) {
        return new NetworkSpec(name, subnets, gateways, bridge, internal, OptionalInt.of(bytes), masquerade);
    }

    /** The same, without a way out. */
    public NetworkSpec asInternal() {
        return new NetworkSpec(name, subnets, gateways, bridge, true, mtu, masquerade);
    }

    public NetworkSpec withoutMasquerade() {
        return new NetworkSpec(name, subnets, gateways, bridge, internal, mtu, false);
    }
}
