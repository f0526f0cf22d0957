package dev.lasthop.investigation;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import dev.lasthop.tracing.Level;
import java.nio.file.Path;

/** The lecture's network, made by somebody else's tools: box on bridge br7 in router, far behind router's up0. */
final class LectureNetwork implements AutoCloseable {
    static final String FAR = "192.0.2.2";

    private final TestNetwork network = new TestNetwork();

    LectureNetwork() {
        network.namespace("box").namespace("router").namespace("far");
        network.veth("box", "eth0", "router", "port1").veth("router", "up0", "far", "eth0");
        network.ip("router", "link add br7 type bridge").ip("router", "link set br7 up");
        network.ip("router", "link set port1 master br7");
        network.ip("router", "addr add 172.17.0.1/16 dev br7").ip("router", "addr add 192.0.2.1/24 dev up0");
        network.ip("far", "addr add 192.0.2.2/24 dev eth0").ip("far", "route add 172.17.0.0/16 via 192.0.2.1");
        network.ip("box", "addr add 172.17.1.2/16 dev eth0").ip("box", "route add default via 172.17.0.1");
        network.sysctl("router", "net.ipv4.ip_forward", "1");
        Wait.until("the ping passes", () -> network.ping("box", FAR));
    }

    TestNetwork network() {
        return network;
    }

    /** A ping from box, looked at as closely as {@code level} allows. */
    Investigator.Result ping(String address, Level level) {
        return ping(address, level, 0);
    }

    Investigator.Result ping(String address, Level level, int size) {
        IpAddress destination = IpAddress.parse(address);
        try (NetworkNamespace source = NetworkNamespace.open(Path.of("/run/netns/box"))) {
            var inquiry = new Inquiry(
                    "netns:box",
                    source,
                    address,
                    destination,
                    Protocol.icmp(destination.family()),
                    0,
                    size,
                    false,
                    0,
                    3,
                    level);
            return new Investigator(Namespaces.find(), Recorder.full()).investigate(inquiry);
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
