package dev.lasthop.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** From one namespace to the next, what changed, and recordings in files. */
@KernelTest
class AtlasTest extends BuiltNetwork {
    @Test
    void ownersOfAnAddressAreFoundEverywhere() {
        network.ip("far", "addr add 172.17.0.2/32 dev lo");
        var owners = atlas().owners(IpAddress.parse("172.17.0.2"), 100);
        assertThat(owners)
                .extracting(owner -> owner.namespace().name() + " " + owner.link())
                .containsExactly("netns:c1 eth0", "netns:far lo");
    }

    @Test
    void whatChangedIsSaidByName() {
        Snapshot before = atlas("node", "far").snapshot();
        network.ip("node", "link set up0 mtu 1300")
                .ip("node", "route del blackhole 10.66.0.0/16")
                .ip("node", "route add 10.80.0.0/16 via 192.0.2.2")
                .ip("far", "addr del 192.0.2.2/24 dev eth0")
                .sysctl("node", "net.ipv4.ip_forward", "0");
        var lines = SnapshotDiff.between(before, atlas("node", "far").snapshot()).stream()
                .map(Object::toString)
                .toList();
        assertThat(lines)
                .contains(
                        "netns:far: address 192.0.2.2/24 on eth0 is gone",
                        "netns:node: ipv4 route 10.66.0.0/16 in table 254 metric 0 is gone: blackhole",
                        "netns:node: ipv4 route 10.80.0.0/16 in table 254 metric 0 is new: unicast via 192.0.2.2 dev up0",
                        "netns:node: sysctl net/ipv4/ip_forward: 1 → 0")
                .anySatisfy(line -> assertThat(line).startsWith("netns:node: link up0: up, carrier, MTU 1500"))
                .isSorted();
        Snapshot same = atlas("node").snapshot();
        assertThat(SnapshotDiff.between(same, same)).isEmpty();
    }

    @Test
    void aRecordingReadFromAFileSaysTheSame() throws java.io.IOException {
        Atlas atlas = atlas("c1", "node", "far");
        var out = new java.io.ByteArrayOutputStream();
        RecordingFile.write(atlas.recordings(), out);
        var again = RecordingFile.read(new java.io.ByteArrayInputStream(out.toByteArray()));
        assertThat(Snapshot.decode(again)).isEqualTo(atlas.snapshot());
    }

    @Test
    void oneNamespaceLeadsToTheNext() {
        Atlas atlas = atlas("c1");
        NamespaceState c1 = atlas.snapshot().namespace("netns:c1").orElseThrow();
        assertThat(atlas.snapshot().lower(c1, link(c1, "eth0"))).isEmpty();
        NamespaceState node =
                atlas.load(link(c1, "eth0").lowerNamespace().orElseThrow()).orElseThrow();
        assertThat(node.name()).isEqualTo("netns:node");
        assertThat(atlas.snapshot().lower(c1, link(c1, "eth0"))).isPresent();
        assertThat(atlas.load(1)).isEmpty();
        assertThat(atlas.gaps()).anySatisfy(gap -> assertThat(gap.source()).isEqualTo("net:[1]"));
    }

    @Test
    void aNamespaceWithoutANameIsItsLowestProcesss() {
        Process sleeper = network.start("c1", "unshare", "-n", "sleep", "100");
        network.ip("c1", "link add x0 type veth peer name x1");
        dev.lasthop.testing.Wait.until("unshare has made a namespace", () -> {
            Path path = Path.of("/proc/" + sleeper.pid() + "/ns/net");
            long inode = NetworkNamespace.inodeOf(path);
            return inode != NetworkNamespace.inodeOf(Path.of("/run/netns/c1"))
                    && inode != NetworkNamespace.inodeOf(Path.of("/proc/self/ns/net"));
        });
        network.ip("c1", "link set x1 netns " + sleeper.pid());
        Atlas atlas = atlas("c1");
        NamespaceState c1 = atlas.snapshot().namespace("netns:c1").orElseThrow();
        long inode = link(c1, "x0").lowerNamespace().orElseThrow();
        assertThat(atlas.load(inode).orElseThrow().name()).isEqualTo("pid:" + sleeper.pid());
        assertThat(atlas.namespaces().all().getFirst().name()).isEqualTo("host");
    }

    @Test
    void aNamespaceThatIsOnlyMountedIsFoundByTheMountTable() {
        String mountPoint = "/run/netns-elsewhere";
        Tool.run(
                "sh",
                "-c",
                "touch " + mountPoint + " && ip netns add hidden && mount --bind /run/netns/hidden " + mountPoint
                        + " && ip netns del hidden");
        try {
            network.ip("c1", "link add x0 type veth peer name x1");
            Tool.run("ip", "-n", "c1", "link", "set", "x1", "netns", mountPoint);
            Atlas atlas = atlas("c1");
            NamespaceState c1 = atlas.snapshot().namespace("netns:c1").orElseThrow();
            long inode = link(c1, "x0").lowerNamespace().orElseThrow();
            assertThat(atlas.load(inode).orElseThrow().name()).isEqualTo("netns:" + mountPoint);
        } finally {
            Tool.attempt("umount", mountPoint);
            Tool.attempt("rm", "-f", mountPoint);
        }
    }

    @Test
    void changesAreHeardOfAsTheyAreMade() {
        try (var namespace = NetworkNamespace.open(Path.of("/run/netns/node"));
                var watch = NamespaceWatch.open(namespace, "netns:node")) {
            network.ip("node", "link set up0 mtu 1300")
                    .ip("node", "route del blackhole 10.66.0.0/16")
                    .sysctl("node", "net.ipv4.conf.br0.forwarding", "0");
            var heard = new ArrayList<String>();
            dev.lasthop.testing.Wait.until("three changes were heard of", () -> {
                watch.next(Duration.ofMillis(100)).forEach(event -> heard.add(event.toString()));
                return heard.stream().anyMatch(line -> line.startsWith("netns:node: settings of link number"));
            });
            assertThat(heard)
                    .contains("netns:node: veth up0 is new or has changed", "netns:node: route 10.66.0.0/16 is gone");
        }
    }
}
