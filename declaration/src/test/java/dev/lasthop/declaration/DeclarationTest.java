package dev.lasthop.declaration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.KernelParameters;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.RateLimits;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Rate;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files read as declarations: what they mean, where they are wrong, and that none costs more than it should. */
class DeclarationTest {
    private static final String GOOD = """
            networks:
              web: {subnets: [10.88.0.0/24, "fd88::/64"], mtu: 1400, masquerade: false}
              back:
                subnets: 10.89.0.0/24   # one alone is a list too
                internal: true
                bridge: br-back
            endpoints:
              "no":   # not false
                namespace: netns:blue
                networks:
                  web: &same
                    ip: 10.88.0.9
                    publish: ["8080:80", "127.0.0.1:5353:53/udp"]
                    rate-out: 10mbit
                    sysctls: {net.ipv4.ip_default_ttl: 70}
                  back:
              red: {namespace: "netns:red", networks: {web: *same}}
            """;

    private static final String JSON = """
            {"networks": {"web": {"subnets": ["10.88.0.0/24"], "internal": true, "mtu": 1400}},
             "endpoints": {"blue": {"namespace": "netns:blue", "networks": {"web": {"publish": ["8080:80"]}}}}}
            """;

    @Test
    void whatIsNoTextAndWhatIsNoFileIsNamed() {
        assertThatThrownBy(() -> Document.read("x.yaml", new byte[] {'a', (byte) 0xff, (byte) 0xfe}))
                .isInstanceOf(DeclarationException.class)
                .hasMessageContaining("x.yaml line 1: it is not text in UTF-8");
        assertThatThrownBy(() -> Document.read("/tmp", System.in))
                .isInstanceOf(DeclarationException.class)
                .hasMessageContaining("cannot read /tmp: Is a directory");
    }

    @Test
    void aFileIsReadForWhatItSays() {
        Declaration read = of(GOOD);
        assertThat(read.networks().keySet()).containsExactly("back", "web");
        NetworkSpec back = read.networks().get("back");
        assertThat(back.internal()).isTrue();
        assertThat(back.driver().bridge()).contains("br-back");
        assertThat(read.networks().get("web").masquerade()).isFalse();
        assertThat(read.networks().get("web").subnets())
                .containsExactly(Prefix.parse("10.88.0.0/24"), Prefix.parse("fd88::/64"));
        assertThat(read.connections())
                .extracting(spec -> spec.endpoint() + "@" + spec.network())
                .containsExactly("no@web", "no@back", "red@web");
        ConnectSpec web = read.connections().getFirst();
        assertThat(web.place()).isEqualTo(Place.named("blue"));
        assertThat(web.addresses()).containsExactly(IpAddress.parse("10.88.0.9"));
        assertThat(web.ports())
                .containsExactly(PublishedPort.parse("8080:80"), PublishedPort.parse("127.0.0.1:5353:53/udp"));
        assertThat(web.settings().find(RateLimits.class))
                .contains(new RateLimits(Optional.empty(), Optional.of(Rate.parse("10mbit"))));
        assertThat(web.settings().find(KernelParameters.class).orElseThrow().values())
                .containsEntry("net/ipv4/ip_default_ttl", "70");
        assertThat(read.connections().get(2).settings()).isEqualTo(web.settings());
    }

    @Test
    void jsonIsReadToo() {
        Declaration read = of(JSON);
        assertThat(read.networks().get("web").mtu()).hasValue(1400);
        assertThat(read.networks().get("web").internal()).isTrue();
        assertThat(read.connections().getFirst().ports()).containsExactly(PublishedPort.parse("8080:80"));
        assertThat(of("").networks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "networks: {web: {subnet: 10.1.0.0/24}} | f line 1, networks.web.subnet: there is no such key; there are: subnets",
                "networks:\\n  web:\\n    mtu: big | f line 3, networks.web.mtu: must be a whole number, not big",
                "networks:\\n  web: {subnets: [10.0.0.0/99]} | f line 2, networks.web.subnets: not a prefix",
                "networks: {web: {internal: maybe}} | f line 1, networks.web.internal: must be true or false",
                "networks: {web: {driver: warp}} | f line 1, networks.web.driver: there is no driver",
                "networks: [web] | f line 1, networks: must be a mapping",
                "networks:\\n  web: {}\\n  web: {} | f line 3, web: is there twice; the first is in line 2",
                "networks: {web: | f line 1",
                "network: {} | f line 1, network: there is no such key; there are: networks, endpoints",
                "endpoints:\\n  blue: {} | f line 2, endpoints.blue: namespace is missing",
                "endpoints:\\n  blue: {namespace: nowhere} | f line 2, endpoints.blue.namespace: not a place",
                "endpoints: {b: {namespace: 'pid:7', networks: {web: {rate-in: fast}}}} | endpoints.b.networks.web.rate-in: a rate",
                "endpoints: {b: {namespace: 'pid:7', networks: {web: {sysctls: {kernel.panic: 1}}}}} | sysctls.kernel.panic: \"kernel.panic\" is no",
                "endpoints: {b: {namespace: 'pid:7', networks: {web: {publish: [[1]]}}}} | web.publish: must be a single value",
                "a: 1\\n---\\nb: 2 | f line 2: there is a second document",
                "a: *nothing | f line 1: alias *nothing",
                "a: &x [*x] | f line 1: alias *x",
                "{[1]: 2} | f line 1: a key must be a text",
            })
    void whatIsWrongIsSaidWithItsPlace(String text, String message) {
        assertThatThrownBy(() -> of(text.replace("\\n", "\n")))
                .isInstanceOf(DeclarationException.class)
                .hasMessageContaining(message.strip());
    }

    @Test
    void bombsAreRefused() {
        var aliases = new StringBuilder("l0: &l0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 30; i++) {
            String before = "*l" + (i - 1);
            aliases.append(
                    "l%d: &l%d [%s]\n".formatted(i, i, String.join(",", java.util.Collections.nCopies(10, before))));
        }
        assertThatThrownBy(() -> of(aliases.toString())).hasMessageContaining("more than 200000 pieces");
        assertThatThrownBy(() -> of("[".repeat(100_000))).hasMessageContaining("nested more than 32 deep");
        assertThatThrownBy(() -> of("a:\n" + " ".repeat(3) + "- ".repeat(5_000) + "x"))
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> of("[" + "1,".repeat(300_000) + "1]")).hasMessageContaining("pieces");
        assertThatThrownBy(() -> Document.read("-", new java.io.ByteArrayInputStream(new byte[(4 << 20) + 1])))
                .hasMessageContaining("more than 4194304 bytes");
    }

    @Test
    void anyBytesAreADeclarationOrRefused() {
        var random = new Random(11);
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = (round % 2 == 0 ? GOOD : JSON).getBytes(UTF_8);
            for (int i = 0; i <= random.nextInt(4); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                Declaration.of("f", Document.read("f", bytes), Place::parse);
            } catch (DeclarationException e) {
                assertThat(e.getMessage()).startsWith("f line ");
            }
        }
    }

    private static Declaration of(String text) {
        return Declaration.of("f", Document.read("f", text.getBytes(UTF_8)), Place::parse);
    }
}
