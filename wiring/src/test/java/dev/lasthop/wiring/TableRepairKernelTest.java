package dev.lasthop.wiring;

import static dev.lasthop.wiring.HostAndOutside.C1;
import static dev.lasthop.wiring.HostAndOutside.C2;
import static dev.lasthop.wiring.HostAndOutside.V4;
import static dev.lasthop.wiring.HostAndOutside.V6;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.json.Json;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others make of Lasthop's table with nft is seen, whatever it is; and what only looks otherwise is not. */
@KernelTest
@SuppressWarnings("try") // a server is there to be open
class TableRepairKernelTest {
    private static final String RIGHT = "nothing differs";

    @TempDir
    Path folder;

    private HostAndOutside place;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        place = new HostAndOutside(folder.resolve("lasthop"));
        wiring = place.wiring;
        wiring.createNetwork(NetworkSpec.of("web", V4, V6));
        wiring.connect(ConnectSpec.of(C1, "web").withPorts(PublishedPort.parse("8080:80")));
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void aRuleInThePlaceOfAnyOtherIsSeen() throws IOException {
        List<String> before = table();
        Map<String, List<Integer>> chains = handles();
        assertThat(chains).hasSizeGreaterThan(9);
        int longest = chains.values().stream().mapToInt(List::size).max().orElseThrow();
        for (int number = 0; number < longest; number++) {
            List<String> lines = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (Map.Entry<String, List<Integer>> chain : handles().entrySet()) {
                if (number < chain.getValue().size()) {
                    lines.add("replace rule inet lasthop " + chain.getKey() + " handle "
                            + chain.getValue().get(number) + " meta mark 77 drop");
                    expected.add("rule " + (number + 1) + " of chain " + chain.getKey());
                }
            }
            nft(lines);
            List<String> found = wiring.repair().found();
            assertThat(found)
                    .hasSameSizeAs(expected)
                    .allMatch(line -> line.contains(" is \"meta mark 0x0000004d drop\" and was "));
            assertThat(expected).allMatch(rule -> found.stream().anyMatch(line -> line.startsWith(rule + " is")));
            nothingDiffers("rule " + (number + 1) + " replaced in each chain");
        }
        assertThat(table()).isEqualTo(before);
    }

    @Test
    void whatWasAddedTakenOutOrMovedIsNamedByItsNumber() throws IOException {
        List<String> before = table();
        nft(List.of("insert rule inet lasthop isolation accept"));
        assertThat(wiring.repair().found())
                .containsExactly("rule 1 of chain isolation is none of Lasthop's: \"accept\" (table inet lasthop)");
        nft(List.of("delete rule inet lasthop forward handle "
                + handles().get("forward").get(1)));
        assertThat(wiring.repair().found())
                .containsExactly("rule 2 of chain forward is gone: \"iifname . oifname @within accept\""
                        + " (table inet lasthop)");
        nft(List.of(
                "delete rule inet lasthop isolation handle "
                        + handles().get("isolation").get(3),
                "insert rule inet lasthop isolation iifname @bridges oifname @bridges drop"));
        assertThat(wiring.repair().found())
                .containsExactly("rule 1 of chain isolation is \"iifname @bridges oifname @bridges drop\" and was"
                        + " \"iifname @internal drop\", and more behind it (table inet lasthop)");
        nft(List.of("add table inet lasthop { flags dormant; }"));
        assertThat(wiring.repair().found()).singleElement().asString().contains("sleeps");
        nft(List.of("flush chain inet lasthop forward", "delete chain inet lasthop forward"));
        assertThat(wiring.repair().found()).containsExactly("chain forward is gone (table inet lasthop)");
        nothingDiffers("all of it put back");
        assertThat(table()).isEqualTo(before);
    }

    /** All at once: whoever asks the rules meanwhile finds them as they were or as they are to be. */
    @Test
    void whatIsOfAnotherKindIsMadeAnewInOneTransaction() throws IOException {
        List<String> before = table();
        nft(List.of(
                "flush chain inet lasthop guard",
                "delete chain inet lasthop guard",
                "add chain inet lasthop guard { type filter hook prerouting priority -7 ; policy accept ; }",
                "add rule inet lasthop guard iifname @bridges ip daddr 127.0.0.0/8 drop"));
        madeAnew("chain guard");
        nft(List.of(
                "flush chain inet lasthop prerouting",
                "flush chain inet lasthop output",
                "delete map inet lasthop any4",
                "add map inet lasthop any4 { type inet_proto . inet_service : ipv4_addr . inet_service ; size 4 ; }"));
        madeAnew("map any4");
        assertThat(place.map("any4")).contains("counter", "tcp . 8080 counter packets 0 bytes 0 : 10.88.0.2 . 80");
        assertThat(table()).isEqualTo(before);
    }

    private void madeAnew(String what) {
        Wiring.Repaired repaired = wiring.repair();
        assertThat(repaired.found())
                .containsExactly("of another kind than it was made: " + what + " (table inet lasthop)");
        assertThat(repaired.plan().steps()).as("one step is one transaction").hasSize(1);
        nothingDiffers(what);
    }

    @Test
    void nothingDiffersWhereNobodyChangedAnything() throws IOException {
        place.network.ip("host", "addr add 192.0.2.7/24 dev eth0");
        place.nft("add table ip nat");
        place.nft("add chain ip nat DOCKER { type nat hook prerouting priority -100 ; }");
        wiring.createNetwork(NetworkSpec.of("next", Prefix.parse("10.88.1.0/24"))
                .with(new SourceAddress(List.of(IpAddress.parse("192.0.2.7"))))
                .with(new AllowedNetworks(List.of("web"))));
        wiring.createNetwork(
                NetworkSpec.of("closed", Prefix.parse("10.91.0.0/24")).asInternal());
        wiring.createNetwork(NetworkSpec.of("direct", Prefix.parse("10.92.0.0/24"), Prefix.parse("fd92::/64"))
                .withDriver(new RoutedDriver()));
        wiring.connect(ConnectSpec.of(C2, "direct").withPorts(PublishedPort.parse("8082:80")));
        for (String port : List.of(
                "9000-9009:9000",
                "9100-9102:80",
                "192.0.2.1:7000-7001:7000/udp",
                "127.0.0.1:81:81",
                "[2001:db8::1]:82:82")) {
            wiring.publish("c1", PublishedPort.parse(port));
        }
        wiring.publish(
                "c1",
                PublishedPort.parse("8443-8450:8443")
                        .allowingFrom(List.of(Prefix.parse("192.0.2.0/24"), Prefix.parse("2001:db8::/32"))));
        place.nft("add rule inet lasthop user-forward tcp dport 22 counter accept");
        nothingDiffers("wired");
        Wait.until("c1 reaches the outside", () -> place.network.ping("c1", "192.0.2.2"));
        try (var server = new Tcp.Listener("c1", 80)) {
            assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEqualTo("192.0.2.2");
            nothingDiffers("used");
            for (String options : List.of("-s", "-y")) { // without what was counted, and with
                String text = place.nft(options, "list", "ruleset");
                Path file = Files.writeString(folder.resolve("ruleset"), text);
                place.nft("flush", "ruleset");
                place.nft("-f", file.toString());
                assertThat(place.nft("-s", "list", "ruleset")).contains("@ports4");
                nothingDiffers("restored by nft " + options);
                assertThat(Tcp.call("outside", "192.0.2.1", 8080)).isEqualTo("192.0.2.2");
            }
        }
    }

    /** In no order: what is made again stands behind the rest. */
    private List<String> table() {
        return place.nft("-s", "list", "table", "inet", "lasthop")
                .lines()
                .map(String::strip)
                .sorted()
                .toList();
    }

    private void nothingDiffers(String when) {
        assertThat(wiring.planRepair().found()).as(RIGHT + ", " + when).isEmpty();
    }

    /** The handles of each chain's rules, in order. */
    private Map<String, List<Integer>> handles() {
        Map<String, List<Integer>> handles = new TreeMap<>();
        for (JsonObject thing : Json.readObject(
                        place.nft("-a", "-j", "list", "table", "inet", "lasthop")
                                .getBytes(UTF_8),
                        Limits.DEFAULT)
                .objects("nftables")) {
            if (thing.members().containsKey("rule")) {
                JsonObject rule = thing.object("rule");
                handles.computeIfAbsent(rule.string("chain"), _ -> new ArrayList<>())
                        .add(rule.integer("handle"));
            }
        }
        return handles;
    }

    private void nft(List<String> lines) throws IOException {
        Path file = Files.write(folder.resolve("changes"), lines);
        place.nft("-f", file.toString());
    }
}
