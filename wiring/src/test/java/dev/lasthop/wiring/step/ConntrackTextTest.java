package dev.lasthop.wiring.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.wiring.step.ConntrackText.Tracked;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The lines of {@code /proc/net/nf_conntrack}, as Linux 6.18 writes them. */
class ConntrackTextTest {
    private static final String LINES = """
            ipv4     2 tcp      6 599 ESTABLISHED src=10.0.0.1 dst=192.0.2.1 sport=1000 dport=8080 packets=3 bytes=180 src=10.0.0.9 dst=10.0.0.1 sport=80 dport=1000 packets=2 bytes=120 [ASSURED] mark=0 zone=0 use=2
            ipv6     10 udp      17 599 src=fd00:0000:0000:0000:0000:0000:0000:0001 dst=fd00:0000:0000:0000:0000:0000:0000:0002 sport=1000 dport=8080 [UNREPLIED] src=fd00:0000:0000:0000:0000:0000:0000:0002 dst=fd00:0000:0000:0000:0000:0000:0000:0001 sport=8080 dport=1000 mark=0 zone=5 use=2
            ipv4     2 icmp     1 599 src=10.0.0.2 dst=10.0.0.1 type=8 code=0 id=77 [UNREPLIED] src=10.0.0.1 dst=10.0.0.2 type=0 code=0 id=77 mark=0 zone=0 use=2
            """;

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    @Test
    void whatIsBetweenPortsIsRead() {
        assertThat(parse(LINES))
                .containsExactly(
                        new Tracked(
                                new Flow(Protocol.TCP, ip("10.0.0.1"), 1000, ip("192.0.2.1"), 8080),
                                new Flow(Protocol.TCP, ip("10.0.0.9"), 80, ip("10.0.0.1"), 1000),
                                false),
                        new Tracked(
                                new Flow(Protocol.UDP, ip("fd00::1"), 1000, ip("fd00::2"), 8080),
                                new Flow(Protocol.UDP, ip("fd00::2"), 8080, ip("fd00::1"), 1000),
                                true));
        assertThat(parse(LINES)).extracting(Tracked::isRedirected).containsExactly(true, false);
    }

    @Test
    void aLineOfAnotherFormIsRefused() {
        for (String damage : List.of("sport=80 dport=1000", "src=10.0.0.9 ", "tcp      6 ", "=80 ")) {
            String line = LINES.lines().findFirst().orElseThrow().replace(damage, "");
            assertThatThrownBy(() -> parse(line)).isInstanceOf(IllegalArgumentException.class);
        }
        var random = new Random(7);
        for (int round = 0; round < 4000; round++) {
            byte[] text = LINES.getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i <= random.nextInt(3); i++) {
                text[random.nextInt(text.length)] = (byte) random.nextInt();
            }
            try {
                ConntrackText.parse(text);
            } catch (IllegalArgumentException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    private static List<Tracked> parse(String text) {
        return ConntrackText.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
