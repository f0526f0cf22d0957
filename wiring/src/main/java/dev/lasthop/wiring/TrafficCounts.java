package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.nftables.Statement.Counter;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.LinkStatistics;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What endpoints and published ports have counted: endpoints since they were connected, ports since they were published.
 *
 * @param endpoints in the order of {@link Wiring#endpoints}
 */
public record TrafficCounts(List<OfEndpoint> endpoints) {
    public TrafficCounts {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * An endpoint's, as its interface counts it.
     *
     * @param link empty where the interface is not to be found
     */
    public record OfEndpoint(Endpoint endpoint, Optional<OfLink> link, List<OfPort> ports) {
        public OfEndpoint {
            ports = List.copyOf(ports);
        }

        /** The endpoint's document with what it has counted. */
        public JsonObject toJson() {
            JsonObject.Builder json = JsonObject.builder();
            endpoint.toJson(ports.stream().map(OfPort::port).toList()).members().forEach((name, value) -> {
                if (name.equals("published")) {
                    json.put(name, ports, OfPort::toJson);
                } else {
                    json.put(name, value);
                }
            });
            link.ifPresent(counted -> json.put("traffic", counted.toJson()));
            return json.build();
        }
    }

    /** Packets and bytes, as the endpoint sees them: in is what it received. */
    public record OfLink(long packetsIn, long bytesIn, long packetsOut, long bytesOut) {
        JsonObject toJson() {
            return JsonObject.builder()
                    .put("packetsIn", packetsIn)
                    .put("bytesIn", bytesIn)
                    .put("packetsOut", packetsOut)
                    .put("bytesOut", bytesOut)
                    .build();
        }
    }

    /**
     * A published port's.
     *
     * @param connections how many the port let in; a first packet that is sent again, because it got no answer, counts again
     * @param packets of these connections, both ways
     * @param bytes of these packets, from the IP header on
     */
    public record OfPort(PublishedPort port, long connections, long packets, long bytes) {
        JsonObject toJson() {
            JsonObject.Builder json = JsonObject.builder();
            port.toJson().members().forEach(json::put);
            return json.put("connections", connections)
                    .put("packets", packets)
                    .put("bytes", bytes)
                    .build();
        }
    }

    static TrafficCounts read(Places places, Store store) {
        TableContents contents = TableContents.read(places.at(Place.HOST));
        List<OfEndpoint> all = new ArrayList<>();
        for (Endpoint endpoint : store.endpoints()) {
            List<OfPort> ports = store.ports().of(endpoint.id()).stream()
                    .map(port -> counted(contents, endpoint, port))
                    .toList();
            all.add(new OfEndpoint(endpoint, link(places, endpoint), ports));
        }
        return new TrafficCounts(all);
    }

    private static OfPort counted(TableContents contents, Endpoint endpoint, PublishedPort port) {
        PortElements elements = PortElements.of(endpoint, port);
        Counter first = sum(contents, elements.mappings());
        Counter rest = sum(contents, elements.counters());
        return new OfPort(port, first.packets(), first.packets() + rest.packets(), first.bytes() + rest.bytes());
    }

    private static Counter sum(TableContents contents, List<TableElement> elements) {
        long packets = 0;
        long bytes = 0;
        for (TableElement element : elements) {
            Counter counter = contents.counter(element);
            packets += counter.packets();
            bytes += counter.bytes();
        }
        return new Counter(packets, bytes);
    }

    private static Optional<OfLink> link(Places places, Endpoint endpoint) {
        try {
            return places.at(endpoint.place())
                    .route()
                    .link(endpoint.interfaceName())
                    .flatMap(link -> link.attributes().get(LinkMessage.STATS64))
                    .map((LinkStatistics counted) -> new OfLink(
                            counted.receivedPackets(),
                            counted.receivedBytes(),
                            counted.sentPackets(),
                            counted.sentBytes()));
        } catch (KernelException e) {
            return Optional.empty(); // its namespace is gone
        }
    }
}
