package dev.lasthop.cli.flow;

import dev.lasthop.lab.Listener;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * A network made with {@code ip} and {@code nft}: box on bridge br7 in router, far behind router's up0, both families, masqueraded. In far,
 * ports 80 and 53 take TCP connections and send UDP datagrams back.
 */
final class RouterNetwork implements AutoCloseable {
    static final int TCP = 80;
    static final int UDP = 53;

    private final TestNetwork network = new TestNetwork();
    private final List<Listener> services = new ArrayList<>();

    RouterNetwork() {
        network.namespace("box").namespace("router").namespace("far");
        network.veth("box", "eth0", "router", "port1").veth("router", "up0", "far", "eth0");
        network.ip("router", "link add br7 type bridge").ip("router", "link set br7 up");
        network.ip("router", "link set port1 master br7");
        address("router", "br7", "172.18.0.1/16", "fd18::1/64");
        address("router", "up0", "192.0.2.1/24", "2001:db8:9::1/64");
        address("far", "eth0", "192.0.2.2/24", "2001:db8:9::2/64");
        address("box", "eth0", "172.18.1.2/16", "fd18::2/64");
        network.ip("box", "route add default via 172.18.0.1").ip("box", "-6 route add default via fd18::1");
        network.sysctl("router", "net.ipv4.ip_forward", "1").sysctl("router", "net.ipv6.conf.all.forwarding", "1");
        network.in(
                "router",
                "nft",
                "add table inet own; add chain inet own out { type nat hook postrouting priority 100; }; "
                        + "add rule inet own out oifname up0 masquerade; "
                        + "add chain inet own pass { type filter hook forward priority 0; }");
        services.add(Listener.everywhere(Place.named("far"), TCP));
        services.add(Listener.everywhere(Place.named("far"), UDP));
        Wait.until("pings pass", () -> network.ping("box", "192.0.2.2") && network.ping("box", "2001:db8:9::2"));
    }

    private void address(String namespace, String link, String ipv4, String ipv6) {
        network.ip(namespace, "addr add " + ipv4 + " dev " + link)
                .ip(namespace, "addr add " + ipv6 + " dev " + link + " nodad");
    }

    /** A rule in router's forward chain, such as {@code iifname up0 drop}; the one before is taken away. */
    void forward(String rule) {
        network.in("router", "nft", "flush chain inet own pass");
        if (!rule.isEmpty()) {
            network.in("router", "nft", "add rule inet own pass " + rule);
        }
    }

    TestNetwork network() {
        return network;
    }

    @Override
    public void close() {
        services.forEach(Listener::close);
        network.close();
    }
}
