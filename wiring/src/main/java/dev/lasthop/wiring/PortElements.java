package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.wiring.step.FirewallStep;
import java.util.ArrayList;
import java.util.List;

/**
 * What a published port is in the table: one element of a map, which leads to the endpoint, for each family that the endpoint has an address
 * of; and elements of the sets that say who may use it, that count, and that name what is spoken there.
 *
 * <p>A range whose numbers stay is one element too, an interval that leads to an address. One whose numbers change is an element a port:
 * see docs/decisions/0005-published-ports.md.
 */
record PortElements(PublishedPort port, List<Prefix> addresses) {
    static PortElements of(Endpoint endpoint, PublishedPort port) {
        return new PortElements(port, endpoint.addresses());
    }

    /** Lets the ports lead to the endpoint. */
    static FirewallStep publish(Endpoint endpoint, List<PublishedPort> ports) {
        return TableElement.step(all(endpoint, ports), true);
    }

    static FirewallStep unpublish(Endpoint endpoint, List<PublishedPort> ports) {
        return TableElement.step(all(endpoint, ports), false);
    }

    static List<TableElement> all(Endpoint endpoint, List<PublishedPort> ports) {
        return ports.stream().flatMap(port -> of(endpoint, port).all().stream()).toList();
    }

    /** Whether a port can be reached at an endpoint: it has an address of the family that the port is published for. */
    static boolean reaches(Endpoint endpoint, PublishedPort port) {
        return endpoint.addresses().stream().anyMatch(address -> port.isFor(address.family()));
    }

    List<TableElement> all() {
        List<TableElement> all = new ArrayList<>(mappings());
        all.addAll(counters());
        for (Prefix address : meant()) {
            Family family = address.family();
            if (!port.allowFrom().isEmpty()) {
                all.add(span("restricted", family));
                port.allowFrom().stream()
                        .filter(source -> source.family() == family)
                        .forEach(source -> all.add(allowed(source)));
            }
            port.application().ifPresent(what -> all.add(span(what.toString(), family)));
        }
        return all;
    }

    /** What leads to the endpoint. Each counts the connections that it let in. */
    List<TableElement> mappings() {
        List<TableElement> all = new ArrayList<>();
        for (Prefix address : meant()) {
            IpAddress to = address.address();
            if (port.host().isRange() && port.keepsNumbers()) {
                all.add(span("ranges", to.family()).mappedTo(to));
            } else {
                for (int i = 0; i < port.host().size(); i++) {
                    all.add(single("any", "ports", to.family(), port.hostPort() + i)
                            .mappedTo(to, port.port() + i));
                }
            }
        }
        return all;
    }

    /** What counts the packets behind the first one of each connection. */
    List<TableElement> counters() {
        List<Prefix> meant = meant();
        if (port.host().isRange()) {
            return meant.stream()
                    .map(address -> span("traffic-ranges", address.family()))
                    .toList();
        }
        if (port.hostAddress().isPresent()) {
            return meant.stream()
                    .map(address -> single("", "traffic", address.family(), port.hostPort()))
                    .toList();
        }
        byte[] key = TableElement.join(TableElement.protocol(port.protocol()), TableElement.port(port.hostPort()));
        return List.of(TableElement.of("traffic", key, port.protocol() + " . " + port.hostPort()));
    }

    /** The endpoint's addresses that packets to the port may be sent on to. */
    private List<Prefix> meant() {
        return addresses.stream()
                .filter(address -> port.isFor(address.family()))
                .toList();
    }

    /** One port: by itself where it is every address's, with the address where it is one's. */
    private TableElement single(String setOfAny, String setOfOne, Family family, int number) {
        String suffix = OwnTable.suffix(family);
        byte[] key = TableElement.join(TableElement.protocol(port.protocol()), TableElement.port(number));
        String words = port.protocol() + " . " + number;
        return port.hostAddress()
                .map(address -> TableElement.of(
                        setOfOne + suffix, TableElement.join(address.bytes(), key), address + " . " + words))
                .orElseGet(() -> TableElement.of(setOfAny + suffix, key, words));
    }

    /** All of its ports in a set whose keys are intervals of host address, protocol and port. */
    private TableElement span(String set, Family family) {
        Prefix of = port.hostAddress().map(Prefix::of).orElse(Prefix.all(family));
        SetElement element = SetElement.of(
                        TableElement.join(of.first().bytes(), TableElement.protocol(port.protocol()), first()))
                .upTo(TableElement.join(of.last().bytes(), TableElement.protocol(port.protocol()), last()));
        return new TableElement(set + OwnTable.suffix(family), List.of(element), words(of));
    }

    private TableElement allowed(Prefix source) {
        Prefix of = port.hostAddress().map(Prefix::of).orElse(Prefix.all(source.family()));
        byte[] protocol = TableElement.protocol(port.protocol());
        SetElement element = SetElement.of(
                        TableElement.join(source.first().bytes(), of.first().bytes(), protocol, first()))
                .upTo(TableElement.join(source.last().bytes(), of.last().bytes(), protocol, last()));
        return new TableElement(
                "allowed" + OwnTable.suffix(source.family()), List.of(element), bare(source) + " . " + words(of));
    }

    private byte[] first() {
        return TableElement.port(port.hostPort());
    }

    private byte[] last() {
        return TableElement.port(port.host().last());
    }

    private String words(Prefix of) {
        return bare(of) + " . " + port.protocol() + " . " + port.host().numbers();
    }

    private static String bare(Prefix prefix) {
        return prefix.isSingle() ? prefix.address().toString() : prefix.toString();
    }
}
