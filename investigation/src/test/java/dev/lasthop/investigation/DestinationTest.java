package dev.lasthop.investigation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.IpAddress;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.2,        192.0.2.2,   -1",
        "192.0.2.2:80,     192.0.2.2,   80",
        "fd00::2,          fd00::2,     -1",
        "[fd00::2]:443,    fd00::2,     443",
        "[fd00::2],        fd00::2,     -1",
        "fd00::2:80,       fd00::2:80,  -1",
    })
    void readsAddresses(String text, String address, int port) {
        assertThat(Destination.parse(text))
                .isEqualTo(new Destination.Address(
                        IpAddress.parse(address), port < 0 ? OptionalInt.empty() : OptionalInt.of(port)));
    }

    @ParameterizedTest
    @CsvSource({
        "netns:blue,          netns:blue,        true,  -1",
        "netns:blue:8080,     netns:blue,        true,  8080",
        "pid:80,              pid:80,            true,  -1",
        "pid:4242:80,         pid:4242,          true,  80",
        "host,                host,              true,  -1",
        "host:53,             host,              true,  53",
        "netns:/run/x/n:80,   netns:/run/x/n,    true,  80",
        "web,                 web,               false, -1",
        "web:80,              web,               false, 80",
        "example.org:443,     example.org,       false, 443",
    })
    void readsNames(String text, String name, boolean prefixed, int port) {
        assertThat(Destination.parse(text))
                .isEqualTo(new Destination.Name(name, prefixed, port < 0 ? OptionalInt.empty() : OptionalInt.of(port)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "[fd00::2", "[fd00::2]80", "[10.0.0.1]:80", "web:0", "web:70000", "10.0.0.1:99999"})
    void refusesTheRestWithASentence(String text) {
        assertThatThrownBy(() -> Destination.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNamespaceWhoseNameIsANumberIsStillANamespace() {
        assertThat(Destination.parse("netns:80"))
                .isEqualTo(new Destination.Name("netns:80", true, OptionalInt.empty()));
    }
}
