package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Names and ports, without a kernel. */
class WordsTest {
    @Test
    void generatedNamesFitAndAreTheSameEachTime() {
        String longName = "a-network-with-a-very-long-name";
        assertThat(Names.bridge("web")).isEqualTo("lh-web");
        assertThat(Names.bridge(longName)).hasSize(15).isEqualTo(Names.bridge(longName));
        assertThat(IntStream.range(0, 5000).mapToObj(i -> Names.hostEnd("c" + i, "web")))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.length() <= 15 && name.matches("lh[0-9a-f]{12}"));
        assertThat(Names.mac("x").isMulticast()).isFalse();
        assertThat(Names.shown("a\u001b[31m\n")).isEqualTo("\"a\\x1b[31m\\x0a\"");
    }

    @Test
    void portsAreReadAndWritten() {
        for (String text : List.of("8080:80/tcp", "127.0.0.1:53:53/udp", "[2001:db8::1]:8443:443/sctp")) {
            assertThat(PublishedPort.parse(text)).hasToString(text);
        }
        assertThat(PublishedPort.parse("0.0.0.0:80:80")).hasToString("80:80/tcp");
        for (String text : List.of(
                "",
                "80",
                "80:",
                ":80",
                "0:80",
                "80:65536",
                "80:80/icmp",
                "x:80:80",
                "80:80/tcp/udp",
                "224.0.0.1:80:80",
                "255.255.255.255:80:80",
                "[ff02::1]:80:80",
                "[::1]:80:80")) {
            assertThatThrownBy(() -> PublishedPort.parse(text)).as(text).isInstanceOf(WiringException.class);
        }
    }

    @Test
    void whatNobodyHasIsNoPeerNoRouterAndNoInterface() {
        for (String text : List.of("0.0.0.0", "127.0.0.1", "224.0.0.1", "::", "::1", "ff02::1")) {
            assertThatThrownBy(() -> Peer.parse("n2=" + text + ",10.9.2.0/24"))
                    .as(text)
                    .isInstanceOf(WiringException.class)
                    .hasMessageContaining("cannot be at " + text);
        }
        for (String text : List.of("10.0.0.0/8,0.0.0.0", "10.0.0.0/8,127.0.0.1", "fd00::/8,::", "fd00::/8,ff02::1")) {
            assertThatThrownBy(() -> ExtraRoutes.ExtraRoute.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("all", "default", "", "..", "a/b", "sixteen-letters-")) {
            assertThatThrownBy(() -> Names.checkedInterface(name)).as(name).isInstanceOf(WiringException.class);
        }
    }

    @Test
    void foldersAreNamedByTheEnvironment() {
        assertThat(StateFolders.of(Map.of()).state()).hasToString("/var/lib/lasthop");
        assertThat(StateFolders.of(Map.of("LASTHOP_RUN", "/x")).run()).hasToString("/x");
    }
}
