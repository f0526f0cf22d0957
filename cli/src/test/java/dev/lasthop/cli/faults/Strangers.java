package dev.lasthop.cli.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.lab.LabScene;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.topology.Link;
import dev.lasthop.wiring.step.Place;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Others with the same addresses, names and MACs, who have nothing to do with the question: addresses are used again and again between
 * networks that are not connected.
 *
 * <pre>
 *  node of the lab: br-other (no address) --- NAME-double eth0: the container's addresses and MAC
 *
 *  NAME-away docker0: the gateway's addresses --- NAME-guest eth0: the container's addresses
 *            eth0: the node's, the outside's, the world's and the sibling's addresses
 * </pre>
 */
final class Strangers implements AutoCloseable {
    private final TestNetwork network = new TestNetwork();

    private Strangers() {}

    /** @param name begins the names of their namespaces */
    static Strangers of(LabScene scene, String name) {
        var strangers = new Strangers();
        try {
            strangers.beside(scene, name + "-double");
            strangers.away(scene, name + "-away", name + "-guest");
        } catch (RuntimeException | Error e) {
            strangers.close();
            throw e;
        }
        return strangers;
    }

    private void beside(LabScene scene, String twin) {
        String node = ((Place.Named) scene.node()).name();
        network.namespace(twin)
                .ip(node, "link add br-other type bridge")
                .ip(node, "link set br-other up")
                .ip(node, "link add other0 master br-other type veth peer name eth0 netns " + twin)
                .ip(node, "link set other0 up");
        scene.now(scene.container())
                .link(scene.containerLink())
                .flatMap(Link::mac)
                .map(MacAddress::toString)
                .ifPresent(mac -> network.ip(twin, "link set eth0 address " + mac));
        network.ip(twin, "link set eth0 up");
        both(family -> Stream.of(scene.containerAddress(family))).forEach(address -> address(twin, "eth0", address));
    }

    private void away(LabScene scene, String away, String guest) {
        network.namespace(away)
                .namespace(guest)
                .ip(away, "link add docker0 type bridge")
                .veth(away, "veth_host", guest, "eth0")
                .ip(away, "link set veth_host master docker0")
                .ip(away, "link set docker0 up")
                .ip(away, "link add eth0 type veth peer name eth1")
                .ip(away, "link set eth0 up")
                .ip(away, "link set eth1 up");
        both(family -> Stream.of(scene.containerAddress(family))).forEach(address -> address(guest, "eth0", address));
        both(family -> Stream.of(scene.gateway(family))).forEach(address -> address(away, "docker0", address));
        both(family -> Stream.concat(
                        Stream.of(
                                scene.nodeAddress(family),
                                scene.outsideAddress(family),
                                Prefix.of(scene.world(family))),
                        scene.secondAddress(family).stream()))
                .distinct()
                .forEach(address -> address(away, "eth0", address));
        network.sysctl(away, "net.ipv4.ip_forward", "1");
    }

    private static Stream<Prefix> both(Function<Family, Stream<Prefix>> addresses) {
        return List.of(Family.values()).stream()
                .flatMap(addresses)
                .filter(prefix -> !prefix.address().isLinkLocal());
    }

    private void address(String namespace, String link, Prefix address) {
        boolean six = address.family() == Family.IPV6;
        network.ip(namespace, (six ? "-6 " : "") + "addr add " + address + " dev " + link + (six ? " nodad" : ""));
    }

    static Strangers none() {
        return new Strangers();
    }

    @Override
    public void close() {
        network.close();
    }
}
