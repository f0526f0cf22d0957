package dev.lasthop.wiring;

import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.List;

/**
 * A host with an uplink (192.0.2.1, 2001:db8::1), a machine outside of it (192.0.2.2, 2001:db8::2), and namespaces c1 and c2 to connect; all
 * of them are namespaces of the test's own.
 */
final class HostAndOutside implements AutoCloseable {
    static final Place C1 = Place.named("c1");
    static final Place C2 = Place.named("c2");
    static final Prefix V4 = Prefix.parse("10.88.0.0/24");
    static final Prefix V6 = Prefix.parse("fd88::/64");

    final TestNetwork network = new TestNetwork();
    final NetworkNamespace host;
    final Wiring wiring;
    private final StateFolders folders;

    HostAndOutside(Path folder) {
        network.namespace("host").namespace("outside").namespace("c1").namespace("c2");
        network.veth("host", "eth0", "outside", "eth0");
        network.ip("host", "addr add 192.0.2.1/24 dev eth0").ip("outside", "addr add 192.0.2.2/24 dev eth0");
        network.ip("host", "addr add 2001:db8::1/64 dev eth0 nodad")
                .ip("outside", "addr add 2001:db8::2/64 dev eth0 nodad");
        network.ip("host", "route add default via 192.0.2.2").ip("host", "-6 route add default via 2001:db8::2");
        // the carrier comes late, and with it the routes to the addresses
        Wait.until(
                "the uplink is there", () -> network.ping("host", "192.0.2.2") && network.ping("host", "2001:db8::2"));
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        folders = new StateFolders(folder.resolve("state"), folder.resolve("run"));
        wiring = new Wiring(folders, host);
    }

    /** The same record as wiring's. */
    Store store() {
        return new Store(folders);
    }

    List<String> state() {
        return KernelState.of(network, "host");
    }

    /** The host is as it was, as soon as the kernel has told everybody: an operational state takes up to a second. */
    void isAsBefore(List<String> before) {
        KernelState.settled(network, "host", before, "is as before");
    }

    /** A map of Lasthop's table, as nft shows it, on one line. */
    String map(String name) {
        return network.in("host", "nft", "list", "map", "inet", "lasthop", name).replaceAll("\\s+", " ");
    }

    String nft(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "nft";
        System.arraycopy(words, 0, all, 1, words.length);
        return network.in("host", all);
    }

    @Override
    public void close() {
        wiring.close();
        host.close();
        network.close();
    }
}
