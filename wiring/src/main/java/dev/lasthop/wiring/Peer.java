package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Another node that has a part of the same network, with a subnet of its own: {@code node2=192.0.2.2,10.5.2.0/24,fd05:2::/64}.
 *
 * @param node its name: the same that the node itself goes by, where a driver makes something of it
 * @param addresses at most one a family, by which the nodes reach each other
 * @param subnets at most one a family: its containers' addresses
 * @param mac of its end of the tunnel, where that is not the one that follows from its name
 */
public record Peer(String node, List<IpAddress> addresses, List<Prefix> subnets, Optional<MacAddress> mac) {
    private static final String FORM = "write NODE=ADDRESS,SUBNET, such as node2=192.0.2.2,10.5.2.0/24";

    public Peer {
        node = Names.checked("a node", node);
        addresses = addresses.stream().sorted().toList();
        subnets = subnets.stream().sorted().toList();
        once(node, "address", addresses.stream().map(IpAddress::family).toList());
        once(node, "subnet", subnets.stream().map(Prefix::family).toList());
        for (IpAddress address : addresses) {
            if (address.isAny() || address.isLoopback() || address.isMulticast()) {
                throw WiringException.wrong("peer " + node + " cannot be at " + address + ": no other node has that");
            }
        }
        for (Prefix subnet : subnets) {
            if (!subnet.network().equals(subnet)) {
                throw WiringException.wrong(
                        subnet + " is an address within a subnet; the subnet is " + subnet.network());
            }
        }
    }

    /** @throws WiringException if it is none */
    public static Peer parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw WiringException.wrong(Names.shown(text) + " is no peer: " + FORM);
        }
        List<IpAddress> addresses = new ArrayList<>();
        List<Prefix> subnets = new ArrayList<>();
        Optional<MacAddress> mac = Optional.empty();
        for (String word : text.substring(equals + 1).split(",", -1)) {
            try {
                if (word.contains("/")) {
                    subnets.add(Prefix.parse(word));
                } else if (word.matches("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")) {
                    mac = Optional.of(MacAddress.parse(word));
                } else {
                    addresses.add(IpAddress.parse(word));
                }
            } catch (IllegalArgumentException e) {
                throw WiringException.wrong(
                        Names.shown(word) + " is neither an address nor a subnet nor a MAC address: " + FORM);
            }
        }
        return new Peer(text.substring(0, equals), addresses, subnets, mac);
    }

    /** The address of a family by which it is reached. */
    public Optional<IpAddress> address(Family family) {
        return addresses.stream().filter(address -> address.family() == family).findFirst();
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return node + "="
                + Stream.of(addresses.stream(), subnets.stream(), mac.stream())
                        .flatMap(words -> words.map(Object::toString))
                        .collect(Collectors.joining(","));
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("node", node)
                .putStrings(
                        "addresses", addresses.stream().map(IpAddress::toString).toList())
                .putStrings("subnets", subnets.stream().map(Prefix::toString).toList())
                .putIfPresent("mac", mac.map(MacAddress::toString))
                .build();
    }

    static Peer ofJson(JsonObject json) {
        return new Peer(
                json.string("node"),
                json.strings("addresses").stream().map(IpAddress::parse).toList(),
                json.strings("subnets").stream().map(Prefix::parse).toList(),
                json.findString("mac").map(MacAddress::parse));
    }

    private static void once(String node, String what, List<Family> families) {
        if (families.isEmpty()) {
            throw WiringException.wrong("peer " + node + " has no " + what + ": " + FORM);
        }
        if (families.stream().distinct().count() < families.size()) {
            throw WiringException.wrong(
                    "peer " + node + " has more than one " + what + " of one family; one of each is possible");
        }
    }
}
