package dev.lasthop.topology;

import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.TestNetwork;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A container, a node and a far host, with something of everything, built by iproute2. */
class BuiltNetwork {
    TestNetwork network = new TestNetwork();

    @BeforeEach
    void build() {
        network = new TestNetwork().namespace("c1").namespace("node").namespace("far");
        network.veth("c1", "eth0", "node", "veth1")
                .ip("node", "link add br0 type bridge mcast_snooping 0")
                .ip("node", "link set br0 up")
                .ip("node", "link set veth1 master br0")
                .ip("node", "link set veth1 type bridge_slave hairpin on isolated on")
                .ip("node", "addr add 172.17.0.1/16 dev br0")
                .ip("node", "addr add fd00:17::1/64 dev br0 nodad")
                .ip("c1", "addr add 172.17.0.2/16 dev eth0")
                .ip("c1", "addr add fd00:17::2/64 dev eth0 nodad")
                .ip("c1", "route add default via 172.17.0.1")
                .ip("c1", "-6 route add default via fd00:17::1")
                .veth("node", "up0", "far", "eth0")
                .ip("node", "addr add 192.0.2.1/24 dev up0")
                .ip("far", "addr add 192.0.2.2/24 dev eth0")
                .ip("node", "link add mv0 link up0 type macvlan mode private")
                .ip("node", "link set mv0 netns c1")
                .ip("node", "link add vx0 type vxlan id 42 local 192.0.2.1 remote 192.0.2.2 dstport 4789 dev up0")
                .ip("node", "link set vx0 mtu 1400 master br0")
                .ip("node", "route add blackhole 10.66.0.0/16")
                .ip("node", "-6 route add unreachable fd66::/64")
                .ip("node", "route add prohibit 10.67.0.0/16 table 1000")
                .ip("node", "route add 10.68.0.0/16 mtu 1300 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3")
                .ip("node", "rule add from 172.17.0.0/16 to 10.0.0.0/8 iif br0 fwmark 0x10/0xf0 lookup 1000 pref 50")
                .ip("node", "rule add not ipproto tcp dport 80-90 lookup 1001 pref 60")
                .ip("node", "-6 rule add lookup main suppress_prefixlength 0 pref 70")
                .ip("node", "neigh add 172.17.0.77 lladdr 02:00:00:00:00:77 dev br0")
                .ip("node", "neigh add proxy 172.17.0.78 dev br0")
                .sysctl("node", "net.ipv4.ip_forward", "1")
                .sysctl("node", "net.ipv4.conf.br0.rp_filter", "1")
                .sysctl("node", "net.ipv6.conf.up0.disable_ipv6", "1");
        network.in("node", "bridge", "fdb", "add", "02:00:00:00:00:99", "dev", "vx0", "dst", "192.0.2.9", "self");
        network.in("node", "bridge", "fdb", "add", "02:00:00:00:00:98", "dev", "veth1", "master", "static");
    }

    @AfterEach
    void close() {
        network.close();
    }

    static Atlas atlas(String... names) {
        var atlas = new Atlas(Namespaces.find(), Recorder.basic());
        for (String name : names) {
            try (var namespace = NetworkNamespace.open(Path.of("/run/netns/" + name))) {
                atlas.load(namespace, "netns:" + name);
            }
        }
        return atlas;
    }

    static Link link(NamespaceState state, String name) {
        return state.link(name).orElseThrow();
    }
}
