package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;

/** ICMP, TCP and UDP between two namespaces of a test: who is reached, and as whom. */
final class Traffic {
    private static final int PORT = 7777;

    private final TestNetwork network;

    Traffic(TestNetwork network) {
        this.network = network;
    }

    /** {@code from} reaches an address of {@code to}, and is seen there as {@code source}. */
    @SuppressWarnings("try") // the servers are there to be open
    void flows(String from, String to, String address, String source) {
        Wait.until(from + " reaches " + address, () -> network.ping(from, address));
        try (var tcp = new Tcp.Listener(to, PORT);
                var udp = new Udp.Server(to, PORT)) {
            assertThat(Tcp.call(from, address, PORT))
                    .as("TCP from " + from + " to " + address)
                    .isEqualTo(source);
            assertThat(Udp.call(from, address, PORT))
                    .as("UDP from " + from + " to " + address)
                    .isEqualTo(to + " " + source);
        }
    }

    /** None of it gets there. */
    @SuppressWarnings("try")
    void isBlocked(String from, String to, String address) {
        assertThat(network.ping(from, address))
                .as("ping from " + from + " to " + address)
                .isFalse();
        try (var udp = new Udp.Server(to, PORT)) {
            assertThat(Udp.call(from, address, PORT))
                    .as("UDP from " + from + " to " + address)
                    .isEmpty();
        }
    }
}
