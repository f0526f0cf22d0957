package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a network is in the table: its bridge's name and its subnets, each in the sets that the rules ask. Networks are kept apart, except
 * those that one of the two allows: a pair of names lets packets pass from the one to the other.
 */
final class NetworkElements {
    private NetworkElements() {}

    /** @param networks all that there are, this one among them or not */
    static List<TableElement> of(Network network, List<Network> networks) {
        List<TableElement> all = new ArrayList<>(ofBridge(network, networks));
        all.addAll(ofTunnel(network));
        all.addAll(ofGroup(network, networks));
        network.subnets().forEach(subnet -> all.addAll(ofSubnet(network, subnet.prefix())));
        if (network.driver().tunnel().isEmpty()) {
            List<Peer> peers = Peers.of(network).all();
            all.addAll(peers(network, peers, !peers.isEmpty()));
        }
        return all;
    }

    private static List<TableElement> ofBridge(Network network, List<Network> networks) {
        List<TableElement> all = new ArrayList<>();
        network.bridge().ifPresent(bridge -> {
            all.add(TableElement.interfaces("bridges", bridge));
            all.add(TableElement.interfaces("within", bridge, bridge));
            if (network.internal()) {
                all.add(TableElement.interfaces("internal", bridge));
            }
            networks.stream()
                    .filter(other -> allow(network, other))
                    .flatMap(other -> other.bridge().stream())
                    .filter(other -> !other.equals(bridge))
                    .forEach(other -> all.addAll(both(bridge, other)));
        });
        return all;
    }

    /** Through a tunnel packets of the network stay in it: they keep their source, and are no matter of isolation. */
    private static List<TableElement> ofTunnel(Network network) {
        List<TableElement> all = new ArrayList<>();
        network.driver().tunnel().ifPresent(tunnel -> {
            all.add(TableElement.interfaces("bridges", tunnel));
            network.bridge().ifPresent(bridge -> all.addAll(both(tunnel, bridge)));
            if (network.internal()) {
                all.add(TableElement.interfaces("internal", tunnel));
            }
        });
        return all;
    }

    private static List<TableElement> ofGroup(Network network, List<Network> networks) {
        List<TableElement> all = new ArrayList<>();
        group(network).ifPresent(group -> {
            all.add(TableElement.groups(group, group));
            networks.stream()
                    .filter(other -> allow(network, other))
                    .flatMap(other -> group(other).stream())
                    .filter(other -> !other.equals(group))
                    .forEach(other -> {
                        all.add(TableElement.groups(group, other));
                        all.add(TableElement.groups(other, group));
                    });
        });
        return all;
    }

    private static List<TableElement> ofSubnet(Network network, Prefix prefix) {
        List<TableElement> all = new ArrayList<>();
        String suffix = OwnTable.suffix(prefix.family());
        all.add(TableElement.prefix("local" + suffix, prefix));
        if (network.internal()) {
            return all; // nothing of it leaves
        }
        Optional<IpAddress> source =
                network.settings().find(SourceAddress.class).flatMap(setting -> setting.of(prefix.family()));
        source.ifPresent(address -> all.add(TableElement.prefix("source" + suffix, prefix, address)));
        if (network.masquerade() && source.isEmpty()) {
            all.add(TableElement.prefix("masquerade" + suffix, prefix));
        }
        return all;
    }

    /** Packets may pass from either of two interfaces to the other. */
    private static List<TableElement> both(String one, String other) {
        return List.of(TableElement.interfaces("within", one, other), TableElement.interfaces("within", other, one));
    }

    /**
     * What is sent to peers' containers by host routes keeps its source.
     *
     * @param outermost whether these are the network's only peers
     */
    static List<TableElement> peers(Network network, List<Peer> peers, boolean outermost) {
        List<TableElement> all = new ArrayList<>();
        for (Subnet subnet : outermost ? network.subnets() : List.<Subnet>of()) {
            Prefix prefix = subnet.prefix();
            all.add(TableElement.prefix("routed" + OwnTable.suffix(prefix.family()), prefix));
        }
        for (Peer peer : peers) {
            for (Prefix prefix : peer.subnets()) {
                all.add(TableElement.prefix("peers" + OwnTable.suffix(prefix.family()), prefix));
            }
        }
        return all;
    }

    /**
     * What an endpoint is in the table that the host has an interface of its own for, and no bridge: that interface's name, as a bridge's
     * would be. That it may talk to others of its network is known by the group.
     */
    static List<TableElement> of(Endpoint endpoint, Network network, List<Network> networks) {
        List<TableElement> all = new ArrayList<>();
        endpoint.hostLink().filter(link -> network.plans().isRouted()).ifPresent(link -> {
            all.add(TableElement.interfaces("bridges", link));
            if (network.internal()) {
                all.add(TableElement.interfaces("internal", link));
            }
            networks.stream()
                    .filter(other -> allow(network, other))
                    .forEach(other -> all.addAll(between(endpoint, other)));
        });
        return all;
    }

    /** What lets such an endpoint and a bridge network reach each other. */
    static List<TableElement> between(Endpoint endpoint, Network other) {
        return endpoint.hostLink()
                .flatMap(link -> other.bridge().map(bridge -> both(link, bridge)))
                .orElse(List.of());
    }

    private static Optional<Integer> group(Network network) {
        return network.driver() instanceof RoutedDriver routed ? Optional.of(routed.group()) : Optional.empty();
    }

    static boolean allow(Network a, Network b) {
        return allows(a, b) || allows(b, a);
    }

    private static boolean allows(Network a, Network b) {
        return a.settings()
                .find(AllowedNetworks.class)
                .filter(allowed -> allowed.names().contains(b.name()))
                .isPresent();
    }
}
