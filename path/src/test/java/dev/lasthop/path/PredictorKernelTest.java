package dev.lasthop.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.testing.KernelTest;
import dev.lasthop.topology.Recorder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Predictions against what the kernel then does: the lecture's network, healthy and broken in many ways. */
@KernelTest
class PredictorKernelTest {
    /** What is done to the network, who pings whom, what is predicted (a class of Obstacle, or "healthy"). */
    private record Case(String name, String from, String to, String expected, List<String> changes) {
        static Case of(String name, String from, String to, String expected, String... changes) {
            return new Case(name, from, to, expected, Arrays.asList(changes));
        }
    }

    private static final String SERVER = "192.0.2.2";
    private static final String C2 = "172.17.1.3";

    private static List<Case> cases() {
        return List.of(
                Case.of("healthy outside", "c1", SERVER, "healthy"),
                Case.of("healthy neighbour", "c1", C2, "healthy"),
                Case.of("healthy gateway", "c1", "172.17.0.1", "healthy"),
                Case.of("healthy host address", "c1", "192.0.2.1", "healthy"),
                Case.of("healthy own address", "c1", "172.17.1.2", "healthy"),
                Case.of("healthy loopback", "c1", "127.0.0.1", "healthy"),
                Case.of("healthy inward", "server", "172.17.1.2", "healthy"),
                Case.of("healthy six", "c1", "fd00:2::2", "healthy"),
                Case.of("forwarding off", "c1", SERVER, "ForwardingOff", "sysctl node net.ipv4.ip_forward 0"),
                Case.of(
                        "forwarding off six",
                        "c1",
                        "fd00:2::2",
                        "ForwardingOff",
                        "sysctl node net.ipv6.conf.all.forwarding 0"),
                Case.of(
                        "forwarding off here",
                        "c1",
                        SERVER,
                        "ForwardingOff",
                        "sysctl node net.ipv4.conf.docker0.forwarding 0"),
                Case.of("link down", "c1", SERVER, "LinkDown", "ip c1 link set eth0 down"),
                Case.of("peer down", "c1", SERVER, "PeerDown", "ip node link set vc1 down"),
                Case.of("bridge down", "c1", SERVER, "BridgeDown", "ip node link set docker0 down"),
                Case.of("loopback down", "c1", "127.0.0.1", "LoopbackDown", "ip c1 link set lo down"),
                Case.of("own address, loopback down", "c1", "172.17.1.2", "LoopbackDown", "ip c1 link set lo down"),
                Case.of("not bridged", "c1", SERVER, "NotBridged", "ip node link set vc1 nomaster"),
                Case.of(
                        "not bridged, strict",
                        "c1",
                        SERVER,
                        "NotBridged",
                        "ip node link set vc1 nomaster",
                        "sysctl node net.ipv4.conf.all.rp_filter 1"),
                Case.of("not bridged, neighbour", "c1", C2, "NotBridged", "ip node link set vc1 nomaster"),
                Case.of("not bridged, other one", "c1", C2, "NotBridged", "ip node link set vc2 nomaster"),
                Case.of("no interface", "c1", SERVER, "NoInterface", "ip c1 link del eth0"),
                Case.of("gateway gone", "c1", SERVER, "NobodyAnswers", "ip node addr del 172.17.0.1/16 dev docker0"),
                Case.of("wrong gateway", "c1", SERVER, "NobodyAnswers", "ip c1 route replace default via 172.17.0.9"),
                Case.of(
                        "address on port",
                        "node",
                        "172.17.1.2",
                        "AddressOnPort",
                        "ip node addr add 172.17.1.1/24 dev vc1"),
                Case.of(
                        "isolated",
                        "c1",
                        C2,
                        "PortsIsolated",
                        "in node bridge link set dev vc1 isolated on",
                        "in node bridge link set dev vc2 isolated on"),
                Case.of("stp", "c1", C2, "PortBlocked", "ip node link set vc1 nomaster", "ip node link set docker0 type bridge stp_state 1", "ip node link set vc1 master docker0"),
                Case.of(
                        "stale neighbour",
                        "c1",
                        C2,
                        "WrongMac",
                        "ip c1 neigh replace 172.17.1.3 lladdr 02:00:00:00:00:99 dev eth0"),
                Case.of("arp ignored", "c1", "192.0.2.1", "healthy", "sysctl node net.ipv4.conf.all.arp_ignore 1"),
                Case.of("arp off", "c1", C2, "SilentOwner", "ip c2 link set eth0 arp off"),
                Case.of("own arp off", "c1", C2, "WrongMac", "ip c1 link set eth0 arp off"),
                Case.of("no address", "c1", SERVER, "NoAddress", "ip c1 addr flush dev eth0"),
                Case.of("six off", "c1", "fd00:2::2", "Ipv6Disabled", "sysctl c1 net.ipv6.conf.all.disable_ipv6 1"),
                Case.of("no default route", "c1", SERVER, "NoRoute", "ip c1 route del default"),
                Case.of("no route at router", "c1", SERVER, "NoRoute", "ip node addr del 192.0.2.1/24 dev eth0"),
                Case.of("blackhole", "c1", SERVER, "RouteRefuses", "ip node route add blackhole 192.0.2.2"),
                Case.of("unreachable", "c1", SERVER, "RouteRefuses", "ip node route add unreachable 192.0.2.2"),
                Case.of("rule", "c1", SERVER, "RuleRefuses", "ip node rule add from 172.17.0.0/16 prohibit"),
                Case.of(
                        "rule, other table",
                        "c1",
                        SERVER,
                        "RouteRefuses",
                        "ip node rule add from 172.17.0.0/16 lookup 7",
                        "ip node route add blackhole default table 7"),
                Case.of(
                        "rule for the reply",
                        "c1",
                        SERVER,
                        "RuleRefuses",
                        "ip node rule add to 172.17.0.0/16 iif eth0 blackhole"),
                Case.of("no return path", "c1", SERVER, "NoRoute", "ip server route del 172.17.0.0/16"),
                Case.of(
                        "strict reverse path",
                        "c1",
                        SERVER,
                        "ReversePath",
                        "sysctl node net.ipv4.conf.all.rp_filter 1",
                        "ip node route add 172.17.1.2 dev eth0"),
                Case.of(
                        "loose reverse path",
                        "c1",
                        SERVER,
                        "ReversePath",
                        "sysctl node net.ipv4.conf.docker0.rp_filter 2",
                        "ip node rule add to 172.17.1.2 blackhole",
                        "ip c1 neigh replace 172.17.0.1 lladdr 02:00:00:00:00:01 dev eth0",
                        "ip node link set docker0 address 02:00:00:00:00:01"),
                Case.of("echo ignored", "c1", SERVER, "EchoIgnored", "sysctl server net.ipv4.icmp_echo_ignore_all 1"),
                Case.of(
                        "wrong prefix",
                        "c1",
                        "172.18.0.1",
                        "NobodyAnswers",
                        "ip c1 addr add 172.17.1.9/8 dev eth0",
                        "ip c1 route add 172.18.0.0/16 dev eth0"),
                Case.of(
                        "wrong fdb entry",
                        "c1",
                        C2,
                        "WrongFdbEntry",
                        "in c2 ip link set eth0 address 02:00:00:00:00:33",
                        "in node bridge fdb add 02:00:00:00:00:33 dev vc1 master permanent"));
    }

    @TestFactory
    Stream<DynamicTest> predictsWhatHappens() {
        return cases().stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> judge(one)));
    }

    private static void judge(Case one) {
        try (var live = new LiveNetwork(Recorder.basic())) {
            live.lecture().does(one.changes());
            Prediction prediction = live.ping(one.from(), one.to());
            String text = PathText.of(prediction);
            String found = prediction.isHealthy()
                    ? "healthy"
                    : prediction
                            .stopped()
                            .map(stopped -> stopped.obstacle().getClass().getSimpleName())
                            .orElse(prediction.decisive().ending().toString());
            boolean answered = live.answered(one.from(), one.to());
            assertThat(found).as(text).isEqualTo(one.expected());
            assertThat(prediction.isHealthy())
                    .as("ping says %s%n%s", answered, text)
                    .isEqualTo(answered);
        }
    }
}
