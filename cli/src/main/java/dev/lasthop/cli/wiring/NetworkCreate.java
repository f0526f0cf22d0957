package dev.lasthop.cli.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.AddressRange;
import dev.lasthop.wiring.AllowedNetworks;
import dev.lasthop.wiring.LeaseRanges;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.Peer;
import dev.lasthop.wiring.Peers;
import dev.lasthop.wiring.Settings;
import dev.lasthop.wiring.SourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Creates a network: its driver's part on the host, forwarding, and the rules of Lasthop's own table. */
public final class NetworkCreate implements WiringCommand {
    private static final Option<Prefix> SUBNET = Option.value(
                    "subnet", "PREFIX", "its addresses; given twice for IPv4 and IPv6", Prefix::parse)
            .repeated();
    private static final Option<IpAddress> GATEWAY = Option.value(
                    "gateway",
                    "ADDRESS",
                    "what endpoints send everything else to; for a bridge its own address, the subnet's first if it is not said",
                    IpAddress::parse)
            .repeated();
    private static final Option<AddressRange> RANGE = Option.value(
                    "range",
                    "FROM-TO",
                    "the addresses that are given to those who ask for none; all of the subnet if it is not said",
                    AddressRange::parse)
            .repeated();
    private static final Option<AddressRange> EXCLUDE = Option.value(
                    "exclude",
                    "FROM-TO",
                    "addresses that are given to nobody who does not ask for them; one, a range or a prefix",
                    AddressRange::parse)
            .repeated();
    private static final Option<Boolean> INTERNAL =
            Option.flag("internal", "no way out: no default route, no forwarding, no masquerade");
    private static final Option<Integer> MTU =
            Option.value("mtu", "BYTES", "the uplink's if it is not said", Reader.integer(68, 65535));
    private static final Option<Boolean> NO_MASQUERADE =
            Option.flag("no-masquerade", "packets leave with their own source address");

    private static final Option<IpAddress> SNAT = Option.value(
                    "snat",
                    "ADDRESS",
                    "the host's address that packets leave with; one a family, the outgoing interface's if it is not said",
                    IpAddress::parse)
            .repeated();
    private static final Option<String> ALLOW = Option.value(
                    "allow", "NETWORK", "another network that is not kept apart from this one", Reader.text())
            .repeated();

    /** Stateless. */
    public NetworkCreate() {}

    @Override
    public String name() {
        return "network create";
    }

    @Override
    public String summary() {
        return "creates a network for containers";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.NAME);
    }

    @Override
    public List<Option<?>> options() {
        var options = new ArrayList<Option<?>>(List.of(SUBNET, GATEWAY, RANGE, EXCLUDE));
        options.addAll(DriverWords.all());
        options.addAll(BridgePortWords.OPTIONS);
        options.addAll(List.of(WiringWords.PEER, INTERNAL, MTU, NO_MASQUERADE, SNAT, ALLOW, WiringWords.DRY_RUN));
        return options;
    }

    @Override
    public List<String> examples() {
        return List.of(
                "network create web --subnet 10.88.0.0/24 --subnet fd88::/64",
                "network create web --subnet 10.88.0.0/24 --dry-run",
                "network create web --subnet 10.5.1.0/24 --peer node2=192.0.2.2,10.5.2.0/24",
                "network create web --driver vxlan --vni 7 --node node1 --subnet 10.5.1.0/24 --peer node2=192.0.2.2,10.5.2.0/24",
                "network create direct --driver routed --subnet 10.90.0.0/24",
                "network create lan --driver macvlan --parent eth0 --subnet 192.0.2.0/24 --gateway 192.0.2.254");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        return WiringWords.with(invocation, wiring -> {
            NetworkSpec spec = spec(invocation);
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planCreateNetwork(spec));
            }
            Network network = wiring.createNetwork(spec);
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(wiring, network, List.of()),
                            () -> List.of("created network " + network.name() + ": " + WiringWords.line(network)));
            return ExitCode.DONE;
        });
    }

    private static NetworkSpec spec(Invocation invocation) {
        return new NetworkSpec(
                invocation.argument(WiringWords.NAME),
                DriverWords.driver(invocation),
                invocation.all(SUBNET),
                invocation.all(GATEWAY),
                invocation.has(INTERNAL),
                invocation.find(MTU).map(OptionalInt::of).orElse(OptionalInt.empty()),
                !invocation.has(NO_MASQUERADE),
                settings(invocation));
    }

    private static Settings settings(Invocation invocation) {
        List<Peer> peers = invocation.all(WiringWords.PEER);
        var ranges = new LeaseRanges(invocation.all(RANGE), invocation.all(EXCLUDE));
        Settings settings = BridgePortWords.add(Settings.NONE, invocation);
        settings = peers.isEmpty() ? settings : settings.with(new Peers(peers));
        if (!ranges.equals(LeaseRanges.ALL)) {
            settings = settings.with(ranges);
        }
        if (!invocation.all(SNAT).isEmpty()) {
            settings = settings.with(new SourceAddress(invocation.all(SNAT)));
        }
        if (!invocation.all(ALLOW).isEmpty()) {
            settings = settings.with(new AllowedNetworks(invocation.all(ALLOW)));
        }
        return settings;
    }
}
