package dev.lasthop.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.bpf.PacketEvent.Kind;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client, a router and a server: what is lost between them is seen where and why it is lost. */
@KernelTest
class WatchTest {
    private final TestNetwork network = new TestNetwork();

    @BeforeEach
    void build() {
        network.namespace("c").namespace("r").namespace("s");
        network.veth("c", "eth0", "r", "rc").veth("s", "eth0", "r", "rs");
        network.ip("c", "addr add 10.1.0.2/24 dev eth0").ip("c", "addr add fd01::2/64 dev eth0 nodad");
        network.ip("r", "addr add 10.1.0.1/24 dev rc").ip("r", "addr add fd01::1/64 dev rc nodad");
        network.ip("r", "addr add 10.2.0.1/24 dev rs").ip("r", "addr add fd02::1/64 dev rs nodad");
        network.ip("s", "addr add 10.2.0.2/24 dev eth0").ip("s", "addr add fd02::2/64 dev eth0 nodad");
        network.ip("c", "route add default via 10.1.0.1").ip("c", "route add default via fd01::1");
        network.ip("s", "route add default via 10.2.0.1").ip("s", "route add default via fd02::1");
        network.sysctl("r", "net.ipv4.ip_forward", "1").sysctl("r", "net.ipv6.conf.all.forwarding", "1");
    }

    @AfterEach
    void remove() {
        network.close();
    }

    @Test
    void aRouterThatDoesNotForward() {
        network.sysctl("r", "net.ipv4.ip_forward", "0").sysctl("r", "net.ipv6.conf.all.forwarding", "0");
        PacketEvent drop = dropOf("10.1.0.2", "10.2.0.2");
        assertThat(drop.dropReason()).isEqualTo("IP_INADDRERRORS");
        assertThat(drop.function()).isEqualTo("ip_error");
        assertThat(drop.namespaceInode()).isEqualTo(inode("r"));
        assertThat(drop.device()).isEqualTo("rc");
        assertThat(drop.family()).isEqualTo(2);
        assertThat(drop.length()).isEqualTo(84);
        assertThat(drop.packet()).hasSize(84).startsWith(0x45).containsSequence(10, 1, 0, 2, 10, 2, 0, 2, 8, 0);
        PacketEvent drop6 = dropOf("fd01::2", "fd02::2");
        assertThat(drop6.dropReason()).isEqualTo("IP_INADDRERRORS");
        assertThat(drop6.namespaceInode()).isEqualTo(inode("r"));
        assertThat(drop6.family()).isEqualTo(10);
    }

    @Test
    void aFirewallThatDrops() {
        network.in(
                "r",
                "nft",
                "add table inet t; add chain inet t f { type filter hook forward priority 0; policy drop; }");
        for (String[] pair : new String[][] {{"10.1.0.2", "10.2.0.2"}, {"fd01::2", "fd02::2"}}) {
            PacketEvent drop = dropOf(pair[0], pair[1]);
            assertThat(drop.dropReason()).isEqualTo("NETFILTER_DROP");
            assertThat(drop.namespaceInode()).isEqualTo(inode("r"));
            assertThat(drop.stack()).contains("nf_hook_slow").noneMatch(each -> each.startsWith("bpf_"));
        }
    }

    @Test
    void aBlackholeRoute() {
        network.ip("r", "route add blackhole 10.2.0.2/32").ip("r", "route add blackhole fd02::2/128");
        for (String[] pair : new String[][] {{"10.1.0.2", "10.2.0.2"}, {"fd01::2", "fd02::2"}}) {
            List<PacketEvent> events =
                    eventsOf(pair[0], pair[1], each -> each.kind() == Kind.ROUTE && each.error() == -22);
            PacketEvent route = last(events);
            assertThat(route.namespaceInode()).isEqualTo(inode("r"));
        }
    }

    @Test
    void noRouteInTheClientIsSeenThoughThereIsNoPacket() {
        network.ip("c", "route del default").ip("c", "-6 route del default");
        PacketEvent route =
                last(eventsOf("10.1.0.2", "10.2.0.2", each -> each.kind() == Kind.ROUTE && each.error() != 0));
        assertThat(route.namespaceInode()).isEqualTo(inode("c"));
        assertThat(route.packet()).hasSize(8).endsWith(10, 2, 0, 2);
        PacketEvent route6 =
                last(eventsOf("fd01::2", "fd02::2", each -> each.kind() == Kind.ROUTE && each.error() == -101));
        assertThat(route6.namespaceInode()).isEqualTo(inode("c"));
        assertThat(route6.packet()).hasSize(32);
    }

    @Test
    void aTranslatedPacketIsFollowedAndHopsAreSeen() {
        network.in(
                "r",
                "nft",
                "add table ip t; add chain ip t p { type nat hook postrouting priority 100; }; "
                        + "add rule ip t p masquerade");
        network.in("s", "nft", "add table ip t; add chain ip t i { type filter hook input priority 0; policy drop; }");
        PacketEvent drop = dropOf("10.1.0.2", "10.2.0.2");
        assertThat(drop.namespaceInode()).isEqualTo(inode("s"));
        assertThat(drop.followed()).isTrue();
        assertThat(drop.packet()).containsSequence(10, 2, 0, 1, 10, 2, 0, 2);
    }

    @Test
    void otherTrafficIsNotSeen() {
        network.sysctl("r", "net.ipv4.ip_forward", "0");
        try (PacketEvents watch = DropWatch.open(PacketFilter.of(bytes("10.1.0.77"), bytes("10.2.0.2")))) {
            network.ping("c", "10.2.0.2");
            network.ping("c", "10.1.0.1");
            // The look-up of the route to 10.2.0.2 may still lack its source: only that.
            assertThat(watch.take(Duration.ofMillis(100))).allMatch(each -> each.kind() == Kind.ROUTE);
        }
    }

    @Test
    void portsAndIdentifiersAreCompared() {
        var other = new PacketFilter.Tuple(bytes("10.1.0.2"), bytes("10.2.0.2"), 17, 5, 6);
        network.in(
                "r",
                "nft",
                "add table inet t; add chain inet t f { type filter hook forward priority 0; policy drop; }");
        try (PacketEvents watch = DropWatch.open(new PacketFilter(List.of(other), List.of()), EnumSet.of(Kind.DROP))) {
            network.ping("c", "10.2.0.2");
            network.attempt("c", "bash", "-c", "echo x > /dev/udp/10.2.0.2/7");
            assertThat(watch.take(Duration.ofMillis(100))).isEmpty();
        }
        var same = new PacketFilter.Tuple(bytes("10.1.0.2"), bytes("10.2.0.2"), 17, PacketFilter.ANY, 7);
        try (PacketEvents watch = DropWatch.open(new PacketFilter(List.of(same), List.of()), EnumSet.of(Kind.DROP))) {
            network.attempt("c", "bash", "-c", "echo x > /dev/udp/10.2.0.2/7");
            assertThat(watch.take(Duration.ofSeconds(5))).hasSize(1);
        }
    }

    @Test
    void addressResolutionIsSeenWhereAskedFor() {
        network.ip("s", "link set eth0 down");
        var filter =
                PacketFilter.of(bytes("10.1.0.2"), bytes("10.2.0.2")).orNeighbor(bytes("10.2.0.1"), bytes("10.2.0.2"));
        network.ip("s", "link set eth0 up").ip("s", "addr flush dev eth0");
        network.ip("r", "neigh flush all");
        try (PacketEvents watch = DropWatch.open(filter)) {
            network.ping("c", "10.2.0.2");
            List<PacketEvent> events = gather(
                    watch,
                    each -> each.family() == 0
                            && each.kind() == Kind.RECEIVED
                            && each.device().equals("eth0"));
            assertThat(last(events).namespaceInode()).isEqualTo(inode("s"));
        }
    }

    @Test
    void withoutBpfReasonAndFunctionAreSeen() {
        network.sysctl("r", "net.ipv4.ip_forward", "0");
        var filter = PacketFilter.of(bytes("10.1.0.2"), bytes("10.2.0.2"));
        try (PacketEvents watch = PerfDropWatch.open(filter, EnumSet.allOf(Kind.class), 357)) {
            network.attempt("c", "ping", "-c1", "-W1", "-s", "329", "10.2.0.2");
            List<PacketEvent> events = gather(watch, each -> each.dropReason().equals("IP_INADDRERRORS"));
            PacketEvent received = events.stream()
                    .filter(each ->
                            each.kind() == Kind.RECEIVED && each.device().equals("rc"))
                    .findFirst()
                    .orElseThrow();
            PacketEvent drop = last(events);
            assertThat(received.length()).isEqualTo(357);
            assertThat(drop.skb()).isEqualTo(received.skb());
            assertThat(drop.function()).isEqualTo("ip_error");
            assertThat(drop.stack()).contains("ip_error");
            assertThat(events)
                    .anyMatch(each -> each.kind() == Kind.SENT && each.device().equals("eth0"));
            assertThat(events).anyMatch(each -> each.kind() == Kind.ROUTE && each.packet().length == 8);
        }
    }

    @Test
    void closingLeavesNothing() {
        int links = count("link");
        try (DropWatch watch = DropWatch.open(PacketFilter.of(bytes("10.1.0.2"), bytes("10.2.0.2")))) {
            assertThat(watch.tracepoints()).contains("kfree_skb", "consume_skb", "fib_table_lookup");
            assertThat(watch.lost()).isZero();
            assertThat(count("link"))
                    .isGreaterThanOrEqualTo(links + watch.tracepoints().size());
        }
        Wait.until("the links are gone", () -> count("link") <= links);
    }

    @Test
    void bothLevelsWorkHere() {
        assertThat(WatchSupport.bpf().why()).isEmpty();
        assertThat(WatchSupport.perf().why()).isEmpty();
    }

    private static int count(String what) {
        String[] lines = Tool.line("bpftool " + what).split("\n");
        return (int)
                List.of(lines).stream().filter(each -> each.matches("\\d+: .*")).count();
    }

    private PacketEvent dropOf(String from, String to) {
        return last(eventsOf(from, to, each -> each.kind() == Kind.DROP));
    }

    private List<PacketEvent> eventsOf(String from, String to, Predicate<PacketEvent> wanted) {
        try (PacketEvents watch = DropWatch.open(PacketFilter.of(bytes(from), bytes(to)))) {
            network.attempt("c", "ping", "-n", "-c1", "-W1", to);
            return gather(watch, wanted);
        }
    }

    /** All events until the first that is wanted. */
    private static List<PacketEvent> gather(PacketEvents watch, Predicate<PacketEvent> wanted) {
        List<PacketEvent> all = new ArrayList<>();
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < end) {
            for (PacketEvent each : watch.take(Duration.ofMillis(200))) {
                all.add(each);
                if (wanted.test(each)) {
                    return all;
                }
            }
        }
        throw new AssertionError(
                "not among " + all.stream().map(WatchTest::brief).toList());
    }

    private static String brief(PacketEvent each) {
        return each.kind() + " " + each.device() + " " + each.dropReason() + "@" + each.function() + " " + each.error();
    }

    private static PacketEvent last(List<PacketEvent> events) {
        return events.getLast();
    }

    private static long inode(String name) {
        return NetworkNamespace.inodeOf(NamedNamespaces.path(name));
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
