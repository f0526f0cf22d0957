package dev.lasthop.cli.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.cli.Run;
import dev.lasthop.json.JsonObject;
import dev.lasthop.testing.KernelTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lasthop trace} in the forms of the contract, on a network that somebody else's tools have made. */
@KernelTest
class TraceKernelTest {
    private static final String IPV4 = "192.0.2.2";
    private static final String IPV6 = "[2001:db8:9::2]";
    private static final List<String> REQUEST =
            List.of("box eth0 out", "router port1 in", "router br7 in", "router up0 out", "far eth0 in");
    private static final List<String> REPLY =
            List.of("far eth0 out", "router up0 in", "router br7 out", "router port1 out", "box eth0 in");

    private static RouterNetwork network;

    @BeforeAll
    static void build() {
        network = new RouterNetwork();
    }

    @AfterAll
    static void remove() {
        network.close();
    }

    @AfterEach
    void mend() {
        network.forward("");
    }

    /** What to send where, and what a rule calls it. */
    record Kind(String name, String destination, String options, String rule) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("ICMP, IPv4", IPV4, "", "meta l4proto icmp"),
                new Kind("ICMP, IPv6", "2001:db8:9::2", "", "icmpv6 type { echo-request, echo-reply }"),
                new Kind("TCP, IPv4", IPV4 + ":80", "", "meta nfproto ipv4 meta l4proto tcp"),
                new Kind("TCP, IPv6", IPV6 + ":80", "", "meta nfproto ipv6 meta l4proto tcp"),
                new Kind("UDP, IPv4", IPV4 + ":53", " --protocol udp", "meta nfproto ipv4 meta l4proto udp"),
                new Kind("UDP, IPv6", IPV6 + ":53", " --protocol udp", "meta nfproto ipv6 meta l4proto udp"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void thereAndBack(Kind kind) {
        Run run = trace(kind);
        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.document().string("verdict")).isEqualTo("healthy");
        assertThat(seen(run, "request", 3)).as(run.toString()).isEqualTo(REQUEST);
        assertThat(seen(run, "reply", 3)).as(run.toString()).isEqualTo(REPLY);
        String translated = kind.destination().contains("db8") ? "2001:db8:9::1" : "192.0.2.1";
        assertThat(hops(run, "request").get(4).object("flow").string("source")).startsWith(translated);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void requestDropped(Kind kind) {
        network.forward("iifname br7 " + kind.rule() + " drop");
        Run run = trace(kind);
        assertThat(run.code()).as(run.toString()).isEqualTo(1);
        assertThat(run.document().string("verdict") + " " + run.document().string("direction"))
                .as(run.toString())
                .isEqualTo("dropped request");
        assertThat(seen(run, "request", 3)).as(run.toString()).isEqualTo(REQUEST.subList(0, 3));
        assertThat(seen(run, "reply", 1)).as(run.toString()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void replyDropped(Kind kind) {
        network.forward("iifname up0 " + kind.rule() + " drop");
        Run run = trace(kind);
        assertThat(run.code()).as(run.toString()).isEqualTo(1);
        assertThat(run.document().string("verdict") + " " + run.document().string("direction"))
                .as(run.toString())
                .isEqualTo("dropped reply");
        assertThat(seen(run, "request", 3)).as(run.toString()).isEqualTo(REQUEST);
        assertThat(seen(run, "reply", 3)).as(run.toString()).isEqualTo(REPLY.subList(0, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.2:81, '', refused, 1",
        "192.0.2.2:81, --protocol udp, refused, 1",
        "'[2001:db8:9::2]:81', '', refused, 1",
        "192.0.2.2, --size 1400, healthy, 0",
        "192.0.2.2, --size 3000 --fragment, healthy, 0",
        "2001:db8:9::2, --size 3000 --fragment, healthy, 0",
        "192.0.2.2:53, --protocol udp --size 3000 --fragment, healthy, 0",
        "192.0.2.2:80, --size 1200, healthy, 0",
        "192.0.2.2:80, --source-port 40123, healthy, 0",
        "netns:far, '', healthy, 0",
        "netns:far, -6, healthy, 0",
        "netns:far:80, -4, healthy, 0",
        "far:80, --protocol tcp -c 1, healthy, 0",
    })
    void formsOfTheContract(String destination, String options, String verdict, int code) {
        Run run = Run.json(("trace netns:box " + destination + " " + options).strip());
        assertThat(run.code()).as(run.toString()).isEqualTo(code);
        assertThat(run.document().string("verdict")).as(run.toString()).isEqualTo(verdict);
    }

    @Test
    void tooLargeIsNotSent() {
        Run run = Run.json("trace netns:box 192.0.2.2 --size 3000");
        assertThat(run.code()).as(run.toString()).isEqualTo(1);
        assertThat(run.document().string("verdict")).as(run.toString()).isNotEqualTo("healthy");
        assertThat(seen(run, "request", 1)).doesNotContain("router port1 in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " --protocol udp"})
    void oneSourcePort(String options) {
        Run run = Run.json("trace netns:box 192.0.2.2:53 --source-port 40123" + options);
        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(seen(run, "request", 3)).as(run.toString()).isEqualTo(REQUEST);
        assertThat(seen(run, "reply", 3)).as(run.toString()).isEqualTo(REPLY);
        assertThat(network.network().in("router", "conntrack", "-L", "--src", "172.18.1.2"))
                .contains("sport=40123");
    }

    @Test
    void familyOfAPlace() {
        assertThat(Run.json("trace netns:box netns:far -6")
                        .document()
                        .object("flow")
                        .string("family"))
                .isEqualTo("ipv6");
        assertThat(Run.json("trace netns:box netns:far -4")
                        .document()
                        .object("flow")
                        .string("family"))
                .isEqualTo("ipv4");
    }

    @ParameterizedTest
    @CsvSource({
        "ping -n -i 0.1 192.0.2.2, 192.0.2.2, ''",
        "ping -n -i 0.1 2001:db8:9::2, 2001:db8:9::2, ''",
        "bash -c 'while :; do nc -z -w 1 192.0.2.2 80; done', 192.0.2.2:80, ''",
        "bash -c 'while :; do nc -z -w 1 2001:db8:9::2 80; done', '[2001:db8:9::2]:80', ''",
        "bash -c 'while :; do echo hello >/dev/udp/192.0.2.2/53; sleep 0.1; done', 192.0.2.2:53, --protocol udp",
    })
    void passively(String application, String destination, String options) {
        String[] words = application.startsWith("bash")
                ? new String[] {"bash", "-c", application.replaceFirst("bash -c '(.*)'", "$1")}
                : application.split(" ");
        Process process = network.network().start("box", words);
        try {
            Run run = Run.json(("trace netns:box " + destination + " --passive --wait 20 -c 2 " + options).strip());
            assertThat(run.code()).as(run.toString()).isZero();
            int count = run.document().object("probes").integer("sent");
            assertThat(count).isGreaterThanOrEqualTo(2);
            assertThat(seen(run, "request", 2)).as(run.toString()).isEqualTo(REQUEST);
            assertThat(seen(run, "reply", 2)).as(run.toString()).isEqualTo(REPLY);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void passivelyNothingHeard() {
        Run run = Run.json("trace netns:box 192.0.2.2:80 --passive --wait 1");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.document().object("error").string("message")).contains("sent nothing to 192.0.2.2:80");
    }

    private static Run trace(Kind kind) {
        return Run.json("trace netns:box " + kind.destination() + kind.options());
    }

    private static List<JsonObject> hops(Run run, String journey) {
        return run.document().objects("hops").stream()
                .filter(hop -> hop.string("journey").equals(journey))
                .toList();
    }

    /** The hops where at least so many were seen. */
    private static List<String> seen(Run run, String journey, int least) {
        return hops(run, journey).stream()
                .filter(hop -> hop.integer("seen") >= least)
                .map(hop -> hop.string("namespace").replaceFirst("netns:", "") + " " + hop.string("interface") + " "
                        + hop.string("direction"))
                .toList();
    }
}
