package dev.lasthop.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Wait;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Published ports that lead astray in ways that look like something else; {@code nc} says what works. */
@KernelTest
@Execution(ExecutionMode.CONCURRENT)
class PublishedPortsKernelTest {
    private static final String NODE = "192.0.2.1";

    @Test
    void networkThatNobodyHas() {
        try (var made = network("ppn-")) {
            made.run(
                    "nft node add rule ip pub pre ip daddr 192.0.2.1 tcp dport 8080 dnat ip prefix to ip daddr map"
                            + " { 192.0.2.0/24 : 10.77.0.0/24 }",
                    "ip node route add default via 192.0.2.2");

            Answer answer = diagnose(made, "client", NODE + ":8080", "--fix", "--yes");

            assertThat(answer.cause()).as(answer.text()).isEqualTo("publish-stale");
            assertThat(answer.document().string("verdict")).as(answer.text()).isEqualTo("dropped");
            assertThat(answer.document().objects("changes")).as(answer.text()).isEmpty();
            assertThat(made.network().in("ppn-client", "sysctl", "-n", "net.ipv4.ip_forward"))
                    .startsWith("0");
        }
    }

    @Test
    void containerThatCallsItself() {
        try (var made = network("pps-")) {
            made.run("nft node add rule ip pub pre tcp dport 8080 dnat to 172.29.0.2:80");
            Wait.until("others get through", () -> calls(made, "client", NODE));
            assertThat(calls(made, "box", NODE)).isFalse();

            Answer answer = diagnose(made, "box", NODE + ":8080", "--fix", "--yes");

            assertThat(answer.cause()).as(answer.text()).isIn("hairpin-off", "masquerade-missing");
            assertThat(answer.document().flag("fixed", false)).as(answer.text()).isTrue();
            Wait.until("it works after --fix: " + answer.text(), () -> calls(made, "box", NODE));
            assertThat(made.network().in("pps-box", "ip", "-4", "addr", "show", "dev", "eth0"))
                    .as("nobody lost an address")
                    .contains("172.29.0.2");
        }
    }

    /** The rule of one family is gone from where it was; the other's is of no use to who calls this one. */
    @Test
    void oneFamilyIsNoLongerPublished() {
        try (var made = network("ppm-")) {
            sixth(made);
            Answer answer = diagnose(made, "client", NODE + ":8080");
            assertThat(answer.document().string("verdict") + " " + answer.cause())
                    .as(answer.text())
                    .isEqualTo("refused publish-missing");
        }
    }

    /** This family never had a chain for it. */
    @Test
    void onlyTheOtherFamilyIsPublished() {
        try (var made = network("ppa-")) {
            sixth(made);
            made.run("nft node delete table ip pub");
            Answer answer = diagnose(made, "client", NODE + ":8080");
            assertThat(answer.document().string("verdict") + " " + answer.cause())
                    .as(answer.text())
                    .isEqualTo("refused publish-address");
        }
    }

    private static void sixth(HandMade made) {
        made.run(
                "nft node add table ip6 pub",
                "nft node add chain ip6 pub pre { type nat hook prerouting priority -100 ; }",
                "nft node add rule ip6 pub pre tcp dport 8080 dnat to [fd29::2]:80");
    }

    private static HandMade network(String prefix) {
        return new HandMade(prefix)
                .run(
                        "ns client node box",
                        "veth client eth0 node wan0",
                        "veth box eth0 node port1",
                        "ip node link add br0 type bridge",
                        "ip node link set br0 up",
                        "ip node link set port1 master br0",
                        "ip node addr add 192.0.2.1/24 dev wan0",
                        "ip node addr add 172.29.0.1/16 dev br0",
                        "ip node addr add fd29::1/64 dev br0 nodad",
                        "ip client addr add 192.0.2.2/24 dev eth0",
                        "ip box addr add 172.29.0.2/16 dev eth0",
                        "ip box addr add fd29::2/64 dev eth0 nodad",
                        "ip box route add default via 172.29.0.1",
                        "sysctl client net.ipv4.ip_forward=0",
                        "sysctl node net.ipv4.ip_forward=1",
                        "nft node add table ip pub",
                        "nft node add chain ip pub pre { type nat hook prerouting priority -100 ; }",
                        "start box nc -k -l 172.29.0.2 80");
    }

    private static boolean calls(HandMade made, String role, String address) {
        String name = made.place(role).label().substring("netns:".length());
        return made.network()
                        .attempt(name, "nc", "-z", "-w", "1", address, "8080")
                        .exit()
                == 0;
    }

    private static Answer diagnose(HandMade made, String role, String destination, String... options) {
        var words = new ArrayList<>(
                List.of("diagnose", "--format", "json", made.place(role).label(), destination));
        words.addAll(List.of(options));
        return Answer.of(words);
    }
}
