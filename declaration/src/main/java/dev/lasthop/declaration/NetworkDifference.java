package dev.lasthop.declaration;

import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is different about a network, in words. What the file leaves open is as it is. */
final class NetworkDifference {
    private NetworkDifference() {}

    static List<String> between(Network network, NetworkSpec wanted) {
        List<String> details = new ArrayList<>();
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
        if (!network.driver().name().equals(wanted.driver().name())) {
            details.add("driver " + network.driver().name() + " → "
                    + wanted.driver().name());
        } else {
            wanted.driver().options().members().forEach((name, value) -> {
                if (!network.driver().options().find(name).filter(value::equals).isPresent()) {
                    details.add(name + " is different");
                }
            });
        }
        if (network.internal() != wanted.internal()) {
            details.add("internal " + network.internal() + " → " + wanted.internal());
        }
        if (wanted.mtu().isPresent() && wanted.mtu().getAsInt() != network.mtu()) {
            details.add("MTU " + network.mtu() + " → " + wanted.mtu().getAsInt());
        }
        if (network.masquerade() != wanted.masquerade()) {
            details.add("masquerade " + network.masquerade() + " → " + wanted.masquerade());
        }
        return details;
    }

    static List<String> words(NetworkSpec wanted) {
        List<String> details = new ArrayList<>();
        details.add("driver " + wanted.driver().name());
        details.add("subnets " + joined(wanted.subnets()));
        if (wanted.internal()) {
            details.add("internal");
        }
        wanted.mtu().ifPresent(mtu -> details.add("MTU " + mtu));
        return details;
    }

    private static String joined(List<?> items) {
        return items.isEmpty() ? "none" : items.stream().map(Object::toString).collect(Collectors.joining(" "));
    }
}
