package dev.lasthop.netlink.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@KernelTest
class NftTracerTest {
    @Test
    void whatHappensToAPing() {
        try (var network = new TestNetwork().namespace("a").namespace("b").veth("a", "eth0", "b", "eth0")) {
            network.ip("a", "addr add 10.1.0.1/24 dev eth0").ip("b", "addr add 10.1.0.2/24 dev eth0");
            network.in(
                    "b",
                    "nft",
                    "add table ip t; add chain ip t in { type filter hook input priority 0; policy drop; }; "
                            + "add chain ip t other; add rule ip t in ip saddr 10.1.0.1 counter jump other; "
                            + "add rule ip t other icmp type echo-request drop");
            String before = network.in("b", "nft", "list", "ruleset");
            try (var b = NetworkNamespace.open(Path.of("/run/netns/b"));
                    var tracer = NftTracer.open(
                            b,
                            List.of(new TraceFilter(
                                    Family.IPV4,
                                    Protocol.ICMP,
                                    Optional.of(IpAddress.parse("10.1.0.1")),
                                    0,
                                    Optional.empty(),
                                    0)),
                            true,
                            List.of("eth0"))) {
                var events = new ArrayList<TraceEvent>();
                network.attempt("a", "ping", "-c", "1", "-W", "0.1", "10.1.0.2");
                Wait.until("the drop is told", () -> {
                    events.addAll(tracer.drain());
                    return events.stream().anyMatch(TraceEvent::isDrop);
                });
                assertThat(events).extracting(TraceEvent::chain).containsExactly("in", "other");
                TraceEvent jump = events.getFirst();
                assertThat(jump.verdict()).isEqualTo(RuleData.Verdict.jump("other"));
                assertThat(jump.kind()).isEqualTo(TraceEvent.Kind.RULE);
                assertThat(jump.networkHeader().size()).isEqualTo(20);
                assertThat(jump.in().isNone()).isFalse();
                TraceEvent drop = events.getLast();
                assertThat(drop.ruleHandle()).isPositive();
                assertThat(drop.id()).isEqualTo(jump.id());
                assertThat(tracer.hasLost()).isFalse();
            }
            assertThat(network.in("b", "nft", "list", "ruleset").replaceAll("packets \\d+ bytes \\d+", ""))
                    .isEqualTo(before.replaceAll("packets \\d+ bytes \\d+", ""));
        }
    }

    @Test
    void twoTracersAtOnceAndBothProtocolsWithPorts() {
        try (var here = NetworkNamespace.current();
                var one = NftTracer.open(
                        here,
                        List.of(new TraceFilter(
                                Family.IPV6, Protocol.TCP, Optional.empty(), 1234, Optional.empty(), 80)));
                var two = NftTracer.open(
                        here,
                        List.of(new TraceFilter(
                                Family.IPV4, Protocol.ICMP, Optional.empty(), 77, Optional.empty(), 0)))) {
            assertThat(one.drain()).isEmpty();
            assertThat(two.drain()).isEmpty();
        }
    }

    /** Linux 6 tells the packet's headers with the end of the chain, an event that says nothing else. */
    @Test
    void aPolicyThatIsTheFirstToSpeakComesWithThePacket() {
        try (var network = new TestNetwork().namespace("a").namespace("b").veth("a", "eth0", "b", "eth0")) {
            network.ip("a", "addr add 10.1.0.1/24 dev eth0").ip("b", "addr add 10.1.0.2/24 dev eth0");
            network.in(
                    "b",
                    "nft",
                    "add table inet t; add chain inet t in { type filter hook input priority 0; policy drop; }; "
                            + "add rule inet t in tcp dport 22 accept");
            var pings = new TraceFilter(Family.IPV4, Protocol.ICMP, Optional.empty(), 0, Optional.empty(), 0);
            try (var b = NetworkNamespace.open(Path.of("/run/netns/b"));
                    var tracer = NftTracer.open(b, List.of(pings))) {
                var events = new ArrayList<TraceEvent>();
                network.attempt("a", "ping", "-c", "1", "-W", "0.1", "10.1.0.2");
                Wait.until("the drop is told", () -> {
                    events.addAll(tracer.drain());
                    return events.stream().anyMatch(TraceEvent::isDrop);
                });
                assertThat(events).hasSize(1);
                TraceEvent policy = events.getFirst();
                assertThat(policy.kind()).isEqualTo(TraceEvent.Kind.POLICY);
                assertThat(policy.networkHeader().size()).isEqualTo(20);
                assertThat(policy.transportHeader().size()).isPositive();
            }
        }
    }
}
