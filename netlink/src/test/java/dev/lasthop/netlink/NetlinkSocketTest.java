package dev.lasthop.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.testing.KernelTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A socket that many use in turn: no one gets an answer that is another's. */
@KernelTest
class NetlinkSocketTest {
    private static final int GET_LINK = 18; // RTM_GETLINK
    private static final Bytes LOOPBACK = Hex.bytes("""
            00 00 00 00                  # ifinfomsg: family, padding, type
            01 00 00 00  00 00 00 00     # index 1, flags
            00 00 00 00                  # change
            """);
    private static final Bytes ALL = Hex.bytes("""
            00 00 00 00  00 00 00 00
            00 00 00 00  00 00 00 00
            """);
    private static final Bytes NOBODY = Hex.bytes("""
            00 00 00 00  ff ff ff 7f     # an index that no interface has
            00 00 00 00  00 00 00 00
            """);

    private static NetlinkMessage ask(Bytes which) {
        return NetlinkMessage.request(GET_LINK, NetlinkMessage.ACK, which);
    }

    @Test
    void whatWasReadToTheEndIsReusableARefusalToo() {
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            assertThat(socket.isReusable()).isTrue();
            assertThat(socket.request("look", GET_LINK, 0, LOOPBACK)).hasSize(1);
            assertThat(socket.isReusable()).isTrue();
            assertThatThrownBy(() -> socket.request("look", GET_LINK, 0, NOBODY))
                    .isInstanceOfSatisfying(
                            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV));
            assertThat(socket.isReusable()).isTrue();
            assertThat(socket.request("look", GET_LINK, 0, LOOPBACK)).hasSize(1);
        }
    }

    @Test
    void whatMayHaveMoreToComeIsNot() {
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            assertThatThrownBy(() -> socket.batch("look", List.of(ask(NOBODY), ask(LOOPBACK))))
                    .isInstanceOf(KernelException.class);
            assertThat(socket.isReusable()).isFalse();
        }
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            socket.fd().send(NetlinkMessage.encode(List.of(ask(LOOPBACK))).toArray()); // nobody reads the answer
            assertThat(socket.isReusable()).isFalse();
        }
    }

    /** After four thousand million requests the numbers begin anew. */
    @Test
    void theNumbersOfRequestsGoRound() {
        try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            for (int first : new int[] {Integer.MAX_VALUE - 2, -3}) {
                socket.countFrom(first);
                for (int i = 0; i < 3; i++) {
                    assertThat(socket.batch("look", List.of(ask(LOOPBACK), ask(LOOPBACK), ask(LOOPBACK))))
                            .hasSize(3);
                    assertThat(socket.dump("look", GET_LINK, ALL).messages()).isNotEmpty();
                }
                assertThat(socket.isReusable()).isTrue();
            }
        }
    }
}
