package dev.lasthop.declaration;

import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.AllowedNetworks;
import dev.lasthop.wiring.BridgePort;
import dev.lasthop.wiring.Driver;
import dev.lasthop.wiring.LeaseRanges;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.Peer;
import dev.lasthop.wiring.Peers;
import dev.lasthop.wiring.Setting;
import dev.lasthop.wiring.Settings;
import dev.lasthop.wiring.SourceAddress;
import dev.lasthop.wiring.Subnet;
import dev.lasthop.wiring.Wiring;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What is different about a network, in words. What the file leaves open is as it is. */
final class NetworkDifference {
    private NetworkDifference() {}

    static List<String> between(Network network, NetworkSpec wanted) {
        List<String> details = new ArrayList<>();
        subnets(network, wanted, details);
        driver(network.driver(), wanted.driver(), details);
        if (network.internal() != wanted.internal()) {
            details.add("internal " + network.internal() + " → " + wanted.internal());
        }
        if (wanted.mtu().isPresent() && wanted.mtu().getAsInt() != network.mtu()) {
            details.add("MTU " + network.mtu() + " → " + wanted.mtu().getAsInt());
        }
        if (network.masquerade() != wanted.masquerade()) {
            details.add("masquerade " + network.masquerade() + " → " + wanted.masquerade());
        }
        settings(network.settings(), wanted.settings(), details);
        return details;
    }

    private static void subnets(Network network, NetworkSpec wanted, List<String> details) {
        List<Prefix> subnets =
                network.subnets().stream().map(Subnet::prefix).sorted().toList();
        List<Prefix> others = wanted.subnets().stream().sorted().toList();
        if (!subnets.equals(others)) {
            details.add("subnets " + joined(subnets) + " → " + joined(others));
        }
        wanted.gateways().stream()
                .filter(gateway -> network.subnets().stream()
                        .noneMatch(subnet ->
                                subnet.gateway().filter(gateway::equals).isPresent()))
                .forEach(gateway -> details.add("gateway " + gateway));
    }

    private static void driver(Driver has, Driver wanted, List<String> details) {
        if (!has.name().equals(wanted.name())) {
            details.add("driver " + has.name() + " → " + wanted.name());
            return;
        }
        wanted.options().members().forEach((name, value) -> {
            boolean open = name.equals("group"); // chosen when the network is made
            if (!open && !has.options().find(name).filter(value::equals).isPresent()) {
                details.add(name + " is different");
            }
        });
    }

    /** Peers come and go while the network is at work; with any other setting that differs it is made anew. */
    private static void settings(Settings has, Settings wanted, List<String> details) {
        Settings before = has.without(Peers.class);
        Settings after = wanted.without(Peers.class);
        before.all().stream()
                .filter(setting -> !after.has(setting.getClass()))
                .forEach(setting -> details.add("no " + word(setting)));
        after.all().stream()
                .filter(setting -> !before.all().contains(setting))
                .forEach(setting -> details.add(word(setting) + " is different"));
    }

    private static String word(Setting setting) {
        return switch (setting) {
            case AllowedNetworks _ -> "allow";
            case BridgePort _ -> "hairpin, isolated or vlan";
            case LeaseRanges _ -> "ranges or exclude";
            default -> setting.key();
        };
    }

    /** What the file says of other nodes that is not so yet, and who is no longer one. */
    static List<Action> peers(Network network, NetworkSpec wanted) {
        List<Peer> before = Peers.of(network).all();
        Peers after = wanted.settings().find(Peers.class).orElse(Peers.NONE);
        List<Action> actions = new ArrayList<>();
        before.stream()
                .filter(peer -> after.find(peer.node()).isEmpty())
                .forEach(peer -> actions.add(peer(
                        network, "no peer " + peer.node(), wiring -> wiring.removePeer(network.name(), peer.node()))));
        after.all().stream()
                .filter(peer -> !before.contains(peer))
                .forEach(peer ->
                        actions.add(peer(network, "peer " + peer, wiring -> wiring.addPeer(network.name(), peer))));
        return actions;
    }

    private static Action peer(Network network, String detail, Consumer<Wiring> work) {
        return new Action(Action.Verb.CHANGE, "network " + network.name(), network.name(), List.of(detail), work);
    }

    static List<String> words(NetworkSpec wanted) {
        List<String> details = new ArrayList<>();
        details.add("driver " + wanted.driver().name());
        details.add("subnets " + joined(wanted.subnets()));
        if (wanted.internal()) {
            details.add("internal");
        }
        wanted.mtu().ifPresent(mtu -> details.add("MTU " + mtu));
        wanted.settings()
                .find(AllowedNetworks.class)
                .ifPresent(allowed -> details.add("allow " + joined(allowed.names())));
        wanted.settings()
                .find(SourceAddress.class)
                .ifPresent(source -> details.add("snat " + joined(source.addresses())));
        wanted.settings()
                .find(Peers.class)
                .ifPresent(peers -> peers.all().forEach(peer -> details.add("peer " + peer)));
        return details;
    }

    private static String joined(List<?> items) {
        return items.isEmpty() ? "none" : items.stream().map(Object::toString).collect(Collectors.joining(" "));
    }
}
