package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A network as somebody asks for it: {@code NetworkSpec.of("web", subnet).withMtu(1400)}.
 *
 * @param subnets one or two, of different families
 * @param gateways what endpoints send everything else to; for a subnet without one the driver decides
 * @param internal without a way out: no default route, no masquerade, no forwarding to and from others
 * @param mtu in bytes; empty for the uplink's
 * @param masquerade whether what leaves by the uplink gets the host's address
 */
public record NetworkSpec(
        String name,
        Driver driver,
        List<Prefix> subnets,
        List<IpAddress> gateways,
        boolean internal,
        OptionalInt mtu,
        boolean masquerade,
        Settings settings) {
    public NetworkSpec {
        subnets = List.copyOf(subnets);
        gateways = List.copyOf(gateways);
    }

    /** A bridge network, with all that can be left to Lasthop left to it. */
    public static NetworkSpec of(String name, Prefix... subnets) {
        return new NetworkSpec(
                name, BridgeDriver.own(), List.of(subnets), List.of(), false, OptionalInt.empty(), true, Settings.NONE);
    }

    public NetworkSpec withDriver(Driver driver) {
        return with(draft -> draft.driver = driver);
    }

    public NetworkSpec withGateways(IpAddress... addresses) {
        return with(draft -> draft.gateways = List.of(addresses));
    }

    public NetworkSpec withBridge(String bridge) {
        return withDriver(BridgeDriver.named(bridge));
    }

    public NetworkSpec withMtu(int bytes) {
        return with(draft -> draft.mtu = OptionalInt.of(bytes));
    }

    /** The same, without a way out. */
    public NetworkSpec asInternal() {
        return with(draft -> draft.internal = true);
    }

    public NetworkSpec withoutMasquerade() {
        return with(draft -> draft.masquerade = false);
    }

    public NetworkSpec with(Setting setting) {
        return with(draft -> draft.settings = draft.settings.with(setting));
    }

    private NetworkSpec with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.spec();
    }

    /** What the {@code with…} methods write in: so that a new component does not touch each of them. */
    private static final class Draft {
        private final NetworkSpec before;
        private Driver driver;
        private List<IpAddress> gateways;
        private boolean internal;
        private OptionalInt mtu;
        private boolean masquerade;
        private Settings settings;

        Draft(NetworkSpec spec) {
            before = spec;
            driver = spec.driver;
            gateways = spec.gateways;
            internal = spec.internal;
            mtu = spec.mtu;
            masquerade = spec.masquerade;
            settings = spec.settings;
        }

        NetworkSpec spec() {
            return new NetworkSpec(before.name, driver, before.subnets, gateways, internal, mtu, masquerade, settings);
        }
    }
}
