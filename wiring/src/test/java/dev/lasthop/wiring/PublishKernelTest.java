package dev.lasthop.wiring;

import static dev.lasthop.wiring.HostAndOutside.C1;
import static dev.lasthop.wiring.HostAndOutside.C2;
import static dev.lasthop.wiring.HostAndOutside.V4;
import static dev.lasthop.wiring.HostAndOutside.V6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.Undo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published ports on the real kernel: what gets through and what does not, judged by sockets, nft and conntrack. */
@KernelTest
@SuppressWarnings("try") // servers are there to be open
class PublishKernelTest {
    @TempDir
    Path folder;

    private HostAndOutside place;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        place = new HostAndOutside(folder);
        wiring = place.wiring;
        wiring.createNetwork(NetworkSpec.of("web", V4, V6));
        wiring.connect(ConnectSpec.of(C1, "web"));
        wiring.connect(ConnectSpec.of(C2, "web"));
        for (String address : List.of("192.0.2.1", "2001:db8::1")) { // neighbours have to be found first
            Wait.until("outside reaches " + address, () -> place.network.ping("outside", address));
        }
        for (String address : List.of("fd88::2", "fd88::3")) {
            Wait.until("the host reaches " + address, () -> place.network.ping("host", address));
        }
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void aRangeIsOneElementAndKeepsItsNumbers() {
        List<String> before = place.state();
        wiring.publish("c1", PublishedPort.parse("8000-8010:8000"));
        assertThat(place.map("ranges4"))
                .containsPattern("elements = \\{ 0.0.0.0/0 . tcp . 8000-8010 counter .* : 10.88.0.2 }");
        assertThat(place.map("ranges6")).containsPattern("::/0 . tcp . 8000-8010 counter .* : fd88::2 }");
        assertThat(place.map("any4")).doesNotContain("elements");
        try (var first = new Tcp.Listener("c1", 8000);
                var last = new Tcp.Listener("c1", 8010);
                var behind = new Tcp.Listener("c1", 8011)) {
            for (String address : List.of("192.0.2.1", "2001:db8::1")) {
                assertThat(Tcp.call("outside", address, 8000)).isNotEmpty();
                assertThat(Tcp.call("outside", address, 8010)).isNotEmpty();
                assertThat(Tcp.call("outside", address, 8011)).isEmpty();
                assertThat(Tcp.call("host", address, 8010)).isNotEmpty();
                assertThat(Tcp.call("c1", address, 8010)).as("hairpin").isNotEmpty();
                assertThat(Tcp.call("c2", address, 8010)).as("neighbour").isNotEmpty();
            }
            assertThat(Tcp.call("host", "127.0.0.1", 8010)).isNotEmpty();
        }
        for (String clash : List.of("8005:80", "192.0.2.1:8010:80", "7990-8000:1")) {
            assertThatThrownBy(() -> wiring.publish("c2", PublishedPort.parse(clash)))
                    .hasMessageContaining("c1 (8000-8010:8000/tcp)")
                    .hasMessageContaining("lasthop unpublish c1 8000-8010/tcp frees it");
        }
        wiring.publish("c2", PublishedPort.parse("8005:80/udp"));
        wiring.unpublish("c2", PublishedPort.parse("8005:80/udp"));
        wiring.unpublish("c1", PublishedPort.parse("8000-8010:8000"));
        place.isAsBefore(before);
    }

    @Test
    void aRangeWhoseNumbersChangeLeadsEachPortToItsOwn() {
        List<String> before = place.state();
        wiring.publish("c1", PublishedPort.parse("192.0.2.1:9000-9002:80"));
        try (var second = new Tcp.Listener("c1", 81);
                var third = new Tcp.Listener("c1", 82)) {
            assertThat(Tcp.call("outside", "192.0.2.1", 9000))
                    .as("nobody listens on 80")
                    .isEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 9001)).isEqualTo("192.0.2.2");
            assertThat(Tcp.call("outside", "192.0.2.1", 9002)).isEqualTo("192.0.2.2");
            assertThat(Tcp.call("outside", "192.0.2.1", 9003)).isEmpty();
            assertThat(Tcp.call("c2", "10.88.0.1", 9001)).as("another address").isEmpty();
        }
        TrafficCounts.OfPort counted =
                wiring.traffic().endpoints().getFirst().ports().getFirst();
        assertThat(counted.connections()).isEqualTo(3);
        wiring.unpublish("c1", PublishedPort.parse("192.0.2.1:9000-9002:80"));
        place.isAsBefore(before);
    }

    @Test
    void datagramsGetThereFromEverywhereOverBothFamilies() {
        wiring.publish("c1", PublishedPort.parse("5353:53/udp"));
        try (var server = new Udp.Server("c1", 53)) {
            assertThat(Udp.call("outside", "192.0.2.1", 5353)).isEqualTo("c1 192.0.2.2");
            assertThat(Udp.call("outside", "2001:db8::1", 5353)).isEqualTo("c1 2001:db8::2");
            assertThat(Udp.call("host", "127.0.0.1", 5353)).isEqualTo("c1 10.88.0.1");
            for (String address : List.of("192.0.2.1", "10.88.0.1", "2001:db8::1", "fd88::1")) {
                assertThat(Udp.call("host", address, 5353)).as(address).startsWith("c1");
                assertThat(Udp.call("c1", address, 5353)).as(address).startsWith("c1");
                assertThat(Udp.call("c2", address, 5353)).as(address).startsWith("c1");
            }
            assertThat(Udp.call("outside", "192.0.2.1", 53)).isEmpty();
        }
    }

    @Test
    void aPortOfTheLoopbackAddressIsTheHostsAlone() {
        wiring.publish("c1", PublishedPort.parse("127.0.0.1:8080:80"));
        place.network
                .ip("outside", "route add 127.0.0.1/32 via 192.0.2.1 table 9")
                .ip("outside", "rule add to 127.0.0.1 table 9 pref 0");
        place.network.sysctl("outside", "net.ipv4.conf.all.route_localnet", "1");
        try (var server = new Tcp.Listener("c1", 80)) {
            assertThat(Tcp.call("host", "127.0.0.1", 8080)).isEqualTo("10.88.0.1");
            assertThat(Tcp.call("host", "192.0.2.1", 8080)).isEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEmpty();
            assertThat(Tcp.call("outside", "127.0.0.1", 8080)).isEmpty();
            assertThat(Tcp.call("c2", "10.88.0.1", 8080)).isEmpty();
        }
    }

    @Test
    void onlySourcesThatAreAllowedGetThrough() {
        List<String> before = place.state();
        PublishedPort open = PublishedPort.parse("8080:80")
                .allowingFrom(List.of(Prefix.parse("192.0.2.0/28"), Prefix.parse("192.0.2.2/32")));
        PublishedPort closed = PublishedPort.parse("8081-8082:8081")
                .allowingFrom(List.of(Prefix.parse("192.0.2.99/32"), Prefix.parse("2001:db8::/64")));
        assertThat(open.allowFrom()).containsExactly(Prefix.parse("192.0.2.0/28"));
        wiring.publish("c1", open);
        wiring.publish("c1", closed);
        try (var web = new Tcp.Listener("c1", 80);
                var other = new Tcp.Listener("c1", 8082)) {
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEqualTo("192.0.2.2");
            assertThat(Tcp.call("outside", "2001:db8::1", 8080))
                    .as("no IPv6 source is allowed")
                    .isEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8082)).isEmpty();
            assertThat(Tcp.call("outside", "2001:db8::1", 8082)).isEqualTo("2001:db8::2");
            for (String from : List.of("host", "c1", "c2")) {
                assertThat(Tcp.call(from, "192.0.2.1", 8082)).as(from).isNotEmpty();
                assertThat(Tcp.call(from, "2001:db8::1", 8080)).as(from).isNotEmpty();
            }
        }
        assertThat(wiring.repair().found()).isEmpty();
        wiring.unpublish("c1", open);
        wiring.unpublish("c1", closed);
        place.isAsBefore(before);
    }

    @Test
    void aDeadEndpointsPortIsNotInTheWay() {
        wiring.publish("c1", PublishedPort.parse("8080:80"));
        Tool.line("ip netns del c1");
        wiring.publish("c2", PublishedPort.parse("8080:80"));
        assertThat(wiring.endpoints()).extracting(Endpoint::name).containsExactly("c2");
        // and what stands in the table without being on record
        place.nft("add", "element", "inet", "lasthop", "any4", "{ tcp . 8081 : 10.88.0.99 . 80 }");
        place.nft("add", "element", "inet", "lasthop", "any4", "{ tcp . 8082 : 10.88.0.99 . 80 }");
        wiring.publish("c2", PublishedPort.parse("8081:80"));
        try (var server = new Tcp.Listener("c2", 80)) {
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEqualTo("192.0.2.2");
            assertThat(Tcp.call("outside", "192.0.2.1", 8081)).isEqualTo("192.0.2.2");
        }
        assertThat(wiring.repair().found()).singleElement().asString().contains("nobody declared", "any4");
        assertThat(place.map("any4")).contains("8081").doesNotContain("8082");
        assertThat(wiring.repair().found()).isEmpty();
    }

    @Test
    void connectionsOfTheOldTargetAreForgotten() {
        try (var one = new Udp.Server("c1", 53);
                var two = new Udp.Server("c2", 53);
                var caller = new Udp.Caller("outside", Family.IPV4)) {
            wiring.publish("c1", PublishedPort.parse("53:53/udp"));
            assertThat(caller.ask("192.0.2.1", 53)).isEqualTo("c1 192.0.2.2");
            wiring.unpublish("c1", PublishedPort.parse("53:53/udp"));
            assertThat(tracked()).doesNotContain("10.88.0.2");
            assertThat(caller.ask("192.0.2.1", 53))
                    .as("now it is the host's own")
                    .isEmpty();
            wiring.publish("c2", PublishedPort.parse("53:53/udp"));
            assertThat(caller.ask("192.0.2.1", 53)).isEqualTo("c2 192.0.2.2");
            // the rules go, with them the port; what it leads to next is not where the old connection went
            place.nft("delete", "element", "inet", "lasthop", "any4", "{ udp . 53 }");
            place.nft("add", "element", "inet", "lasthop", "any4", "{ udp . 5300 : 10.88.0.2 . 53 }");
            assertThat(Udp.call("outside", "192.0.2.1", 5300)).startsWith("c1");
            wiring.publish("c2", PublishedPort.parse("5300:53/udp"));
            assertThat(tracked()).doesNotContain("10.88.0.2");
        }
    }

    /** What is tracked is looked up when the rules have changed, not when the change is planned. */
    @Test
    void aConnectionOfTheLastMomentIsForgottenToo() {
        PublishedPort port = PublishedPort.parse("53:53/udp");
        try (Places places = Places.withHost(place.host);
                var one = new Udp.Server("c1", 53);
                var two = new Udp.Server("c2", 53);
                var early = new Udp.Caller("outside", Family.IPV4);
                var late = new Udp.Caller("outside", Family.IPV6)) {
            Plan giving = wiring.planPublish("c1", port);
            assertThat(early.ask("192.0.2.1", 53)).as("the host's own").isEmpty();
            assertThat(tracked()).contains("dport=53");
            giving.apply(places);
            assertThat(early.ask("192.0.2.1", 53)).isEqualTo("c1 192.0.2.2");

            Endpoint c1 = wiring.endpoints().getFirst();
            List<Step> taking =
                    new ArrayList<>(new Removal(places, place.store()).withoutPorts(c1, List.of(port), true));
            taking.addAll(Connections.through(c1, List.of(port)));
            assertThat(late.ask("2001:db8::1", 53)).isEqualTo("c1 2001:db8::2");
            assertThat(Undo.all(taking, places)).isEmpty();
            assertThat(trackedTo("c1")).isEmpty();

            wiring.publish("c1", port);
            Plan leaving = wiring.planDisconnect("c1", "web");
            assertThat(late.ask("2001:db8::1", 53)).isEqualTo("c1 2001:db8::2");
            assertThat(trackedTo("c1")).isNotEmpty();
            assertThat(Undo.all(leaving.steps(), places)).isEmpty();
            assertThat(trackedTo("c1")).isEmpty();
            wiring.disconnect("c1", "web");
            wiring.publish("c2", port);
            assertThat(early.ask("192.0.2.1", 53)).isEqualTo("c2 192.0.2.2");
            assertThat(late.ask("2001:db8::1", 53)).isEqualTo("c2 2001:db8::2");
        }
    }

    /** The kernel keeps who changes rules next waiting when such a socket is closed. */
    @Test
    void noNetfilterSocketIsClosedBetweenChanges() {
        wiring.publish("c1", PublishedPort.parse("8080:80"));
        List<String> sockets = netfilterSockets();
        assertThat(sockets).hasSize(1);
        for (int i = 0; i < 5; i++) {
            wiring.unpublish("c1", PublishedPort.parse("8080:80"));
            wiring.disconnect("c1", "web");
            wiring.connect(ConnectSpec.of(C1, "web").withPorts(PublishedPort.parse("8080:80")));
            assertThatThrownBy(() -> wiring.publish("c1", PublishedPort.parse("8080:81")))
                    .isInstanceOf(WiringException.class);
            assertThat(netfilterSockets()).isEqualTo(sockets);
        }
        wiring.close();
        Wait.until("it is closed", () -> netfilterSockets().isEmpty());
        wiring.publish("c1", PublishedPort.parse("8081:80")); // as well, but none stays open
        Wait.until("it is closed", () -> netfilterSockets().isEmpty());
    }

    /** Those of protocol 12, by their ports; {@code sk Eth Pid …}. */
    private List<String> netfilterSockets() {
        return place.network
                .in("host", "cat", "/proc/thread-self/net/netlink")
                .lines()
                .map(line -> line.split(" +"))
                .filter(words -> words[1].equals("12") && !words[2].equals("0")) // 0 is the kernel's own
                .map(words -> words[2])
                .sorted()
                .toList();
    }

    /** The lines of connections whose replies come from an endpoint. */
    private List<String> trackedTo(String endpoint) {
        List<String> addresses = wiring.endpoints().stream()
                .filter(one -> one.name().equals(endpoint))
                .flatMap(one -> one.addresses().stream())
                .map(prefix -> prefix.address().toString())
                .toList();
        return Stream.of("ipv4", "ipv6")
                .flatMap(family -> place.network
                        .in("host", "conntrack", "-L", "-f", family, "-p", "udp")
                        .lines())
                .filter(line -> addresses.stream().anyMatch(address -> line.contains("src=" + address + " ")))
                .toList();
    }

    @Test
    void noTcpConnectionOutlivesItsPort() {
        wiring.publish("c1", PublishedPort.parse("8080:80"));
        wiring.publish("c1", PublishedPort.parse("8081:81"));
        place.network.start("c1", "nc", "-l", "-k", "80");
        place.network.start("c1", "nc", "-l", "-k", "81");
        Wait.until("nc listens", () -> place.network.in("c1", "ss", "-Hltn").contains(":81"));
        place.network.start("outside", "nc", "-p", "40000", "192.0.2.1", "8080");
        place.network.start("outside", "nc", "-p", "40001", "192.0.2.1", "8081");
        for (String port : List.of("40000", "40001")) {
            Wait.until(
                    "a connection of " + port,
                    () -> tracked("tcp")
                            .lines()
                            .anyMatch(line -> line.contains("ESTABLISHED") && line.contains("sport=" + port)));
        }
        wiring.unpublish("c1", PublishedPort.parse("8080:80"));
        assertThat(tracked("tcp"))
                .doesNotContain("sport=40000")
                .as("that of another port stays")
                .contains("sport=40001");
        wiring.publish("c2", PublishedPort.parse("8080:80"));
        try (var server = new Tcp.Listener("c2", 80)) {
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEqualTo("192.0.2.2");
        }
        wiring.disconnect("c1", "web");
        assertThat(tracked("tcp")).doesNotContain("10.88.0.2");
    }

    private String tracked() {
        return tracked("udp");
    }

    private String tracked(String protocol) {
        return place.network.in("host", "conntrack", "-L", "-p", protocol);
    }

    @Test
    void aPortOfAProcessIsRefusedWithItsName() {
        place.network.start("host", "nc", "-l", "-k", "-p", "9000");
        Wait.until("nc listens", () -> place.network.in("host", "ss", "-Hltn").contains(":9000"));
        assertThatThrownBy(() -> wiring.publish("c1", PublishedPort.parse("8999-9001:80")))
                .isInstanceOf(WiringException.class)
                .hasMessageContaining("port 9000/tcp of the host is taken: \"nc\" (pid ");
        wiring.publish("c1", PublishedPort.parse("9000:80/udp"));
    }

    @Test
    void streamControlIsAnElementAsTheOthersAre() {
        wiring.publish("c1", PublishedPort.parse("9899:9899/sctp"));
        assertThat(place.map("any4")).containsPattern("sctp . 9899 counter .* : 10.88.0.2 . 9899");
        wiring.unpublish("c1", PublishedPort.parse("9899:9899/sctp"));
        assertThat(place.map("any4")).doesNotContain("sctp");
    }

    @Test
    void streamControlGetsThereWhereTheKernelHasIt() {
        assumeTrue(Tcp.hasSctp(), "this kernel has no SCTP (CONFIG_IP_SCTP)");
        wiring.publish("c1", PublishedPort.parse("9899:99/sctp"));
        try (var server = new Tcp.Listener("c1", 99, Tcp.SCTP)) {
            for (String from : List.of("outside", "host", "c1", "c2")) {
                for (String address : List.of("192.0.2.1", "2001:db8::1")) {
                    assertThat(Tcp.call(from, address, 9899, Tcp.SCTP))
                            .as(from + " " + address)
                            .isNotEmpty();
                }
            }
        }
    }

    @Test
    void trafficIsCounted() {
        wiring.publish("c1", PublishedPort.parse("8080:80"));
        wiring.publish("c1", PublishedPort.parse("192.0.2.1:8081:80"));
        wiring.publish("c1", PublishedPort.parse("8090-8091:8090"));
        try (var server = new Tcp.Listener("c1", 80);
                var other = new Tcp.Listener("c1", 8091)) {
            for (int i = 0; i < 3; i++) {
                assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isNotEmpty();
            }
            assertThat(Tcp.call("outside", "2001:db8::1", 8080)).isNotEmpty();
            assertThat(Tcp.call("host", "127.0.0.1", 8080)).isNotEmpty();
            assertThat(Tcp.call("outside", "192.0.2.1", 8091)).isNotEmpty();
        }
        TrafficCounts.OfEndpoint c1 = wiring.traffic().endpoints().getFirst();
        List<TrafficCounts.OfPort> ports = c1.ports();
        assertThat(ports).extracting(TrafficCounts.OfPort::connections).containsExactly(5L, 0L, 1L);
        // SYN, SYN+ACK, ACK, data and its ACK, two FIN: not fewer than six packets, both ways, a connection
        assertThat(ports.getFirst().packets()).isBetween(5 * 6L, 5 * 12L);
        assertThat(ports.getFirst().bytes()).isGreaterThan(5 * 6 * 40L);
        assertThat(ports.get(1).packets()).isZero();
        assertThat(ports.get(2).packets()).isBetween(6L, 12L);
        String later = place.network.in("c1", "cat", "/proc/net/dev").replaceAll("(?s).*eth0: *([0-9]+) .*", "$1");
        assertThat(c1.link().orElseThrow().bytesIn()).isPositive().isLessThanOrEqualTo(Long.parseLong(later));
        assertThat(c1.toJson().objects("published").getFirst().longInteger("connections"))
                .isEqualTo(5);
    }
}
