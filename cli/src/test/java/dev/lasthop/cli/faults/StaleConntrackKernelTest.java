package dev.lasthop.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Wait;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A published port whose container came back with another address, while a client goes on calling from the port that it called from before:
 * its connection is still tracked to where nobody is any more, and everybody else's works. {@code nc} makes the entry and says what works;
 * {@code conntrack} says which entries there are.
 */
@KernelTest
@Execution(ExecutionMode.CONCURRENT)
class StaleConntrackKernelTest {
    private static final int PUBLISHED = 8080;
    private static final int SERVICE = 80;
    private static final int CALLING = 40_000;
    private static final int BYSTANDER = 40_001;

    /** The same network twice. */
    enum Net {
        IPV4("ip", "192.0.2.1", "192.0.2.2", "/24", "172.29.0.1", "172.29.0.2", "172.29.0.99", "/16"),
        IPV6("ip6", "2001:db8::1", "2001:db8::2", "/64", "fd29::1", "fd29::2", "fd29::99", "/64");

        final String family;
        final String node;
        final String client;
        final String outer;
        final String gateway;
        final String box;
        final String gone;
        final String inner;

        Net(
                String family,
                String node,
                String client,
                String outer,
                String gateway,
                String box,
                String gone,
                String inner) {
            this.family = family;
            this.node = node;
            this.client = client;
            this.outer = outer;
            this.gateway = gateway;
            this.box = box;
            this.gone = gone;
            this.inner = inner;
        }

        String at(String address, int port) {
            return this == IPV6 ? "[" + address + "]:" + port : address + ":" + port;
        }
    }

    @ParameterizedTest
    @EnumSource(Net.class)
    void theOldEntryIsFoundAndNoOtherIsDeleted(Net net) {
        try (var made = network("o", net)) {
            publish(made, net, net.gone);
            assertThat(calls(made, net, CALLING)).isFalse();
            assertThat(calls(made, net, BYSTANDER)).isFalse();
            publish(made, net, net.box);
            Wait.until("who was not tracked gets through", () -> calls(made, net, 0));
            assertThat(calls(made, net, CALLING)).as("from the old port").isFalse();

            Answer answer = diagnose(made, net, "--fix", "--yes");

            assertThat(found(answer)).as(answer.text()).isEqualTo("dropped request stale-conntrack");
            assertThat(answer.document().flag("fixed", false)).as(answer.text()).isTrue();
            assertThat(answer.code()).as(answer.text()).isZero();
            assertThat(answer.document().objects("changes")).as(answer.text()).hasSize(1);
            assertThat(entries(made, net, BYSTANDER))
                    .as("the entry of the other old connection")
                    .contains(net.gone);
            assertThat(entries(made, net, CALLING)).doesNotContain(net.gone);
            Wait.until("it works from that port: " + answer.text(), () -> calls(made, net, CALLING));
        }
    }

    /** The entry is there as well, but says what the rules say. */
    @ParameterizedTest
    @EnumSource(Net.class)
    void anEntryOfThePresentRulesIsNotBlamed(Net net) {
        try (var made = network("p", net)) {
            publish(made, net, net.gone);
            assertThat(calls(made, net, CALLING)).isFalse();
            assertThat(entries(made, net, CALLING)).contains(net.gone);

            Answer answer = diagnose(made, net, "--fix", "--yes");

            assertThat(found(answer)).as(answer.text()).isEqualTo("dropped request publish-stale");
            assertThat(answer.document().flag("fixed", false)).as(answer.text()).isTrue();
            Wait.until("it works from that port: " + answer.text(), () -> calls(made, net, CALLING));
        }
    }

    private static HandMade network(String prefix, Net net) {
        String nodad = net == Net.IPV6 ? " nodad" : "";
        String forwarding = net == Net.IPV6 ? "net.ipv6.conf.all.forwarding=1" : "net.ipv4.ip_forward=1";
        var made =
                new HandMade("sc" + prefix + net.name().toLowerCase(Locale.ROOT).charAt(3) + "-");
        made.run(
                "ns client node box",
                "veth client eth0 node wan0",
                "veth box eth0 node port1",
                "ip node link add br0 type bridge",
                "ip node link set br0 up",
                "ip node link set port1 master br0",
                "ip node addr add %s%s dev wan0%s".formatted(net.node, net.outer, nodad),
                "ip node addr add %s%s dev br0%s".formatted(net.gateway, net.inner, nodad),
                "ip client addr add %s%s dev eth0%s".formatted(net.client, net.outer, nodad),
                "ip box addr add %s%s dev eth0%s".formatted(net.box, net.inner, nodad),
                "ip box route add default via " + net.gateway,
                "sysctl node " + forwarding,
                "sysctl client net.ipv4.tcp_max_tw_buckets=0", // no TIME_WAIT: nc calls again from the same port
                "nft node add table %s pub".formatted(net.family),
                "nft node add chain %s pub pre { type nat hook prerouting priority -100 ; }".formatted(net.family),
                "start box nc -k -l %s %d".formatted(net.box, SERVICE));
        return made;
    }

    private static void publish(HandMade made, Net net, String address) {
        made.run(
                "nft node flush chain %s pub pre".formatted(net.family),
                "nft node add rule %s pub pre tcp dport %d dnat to %s"
                        .formatted(net.family, PUBLISHED, net.at(address, SERVICE)));
    }

    /** @param from the source port; 0 for any */
    private static boolean calls(HandMade made, Net net, int from) {
        List<String> words = from == 0
                ? List.of("nc", "-z", "-w", "1", net.node, Integer.toString(PUBLISHED))
                : List.of("nc", "-z", "-w", "1", "-p", Integer.toString(from), net.node, Integer.toString(PUBLISHED));
        return made.network()
                        .attempt(
                                made.place("client").label().substring("netns:".length()), words.toArray(String[]::new))
                        .exit()
                == 0;
    }

    /** What is tracked of the calls from a port. */
    private static String entries(HandMade made, Net net, int from) {
        String node = made.place("node").label().substring("netns:".length());
        return made.network()
                .in(
                        node,
                        "conntrack",
                        "-L",
                        "-f",
                        net == Net.IPV6 ? "ipv6" : "ipv4",
                        "-p",
                        "tcp",
                        "--sport",
                        Integer.toString(from));
    }

    private static Answer diagnose(HandMade made, Net net, String... options) {
        var words = new java.util.ArrayList<>(List.of(
                "diagnose",
                "--format",
                "json",
                made.place("client").label(),
                net.at(net.node, PUBLISHED),
                "--source-port",
                Integer.toString(CALLING)));
        words.addAll(List.of(options));
        return Answer.of(words);
    }

    private static String found(Answer answer) {
        return answer.document().string("verdict") + " " + answer.document().string("direction") + " " + answer.cause();
    }
}
