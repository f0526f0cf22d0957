package dev.lasthop.packet.probe;

import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Errno;
import java.util.Optional;
import java.util.OptionalInt;

/** What became of a probe. Times are on the clock of {@link System#nanoTime}. */
public sealed interface ProbeEvent {
    /** Which probe: what {@link Prober#send} was given. */
    int sequence();

    long nanos();

    /** The kernel took it. That is not yet a frame on a device. */
    record Sent(int sequence, long nanos) implements ProbeEvent {}

    /**
     * The kernel would not send it, or gave up.
     *
     * @param pathMtu with EMSGSIZE the path MTU that the kernel goes by, where it says so
     */
    record SendFailed(int sequence, long nanos, Errno errno, OptionalInt pathMtu) implements ProbeEvent {}

    /**
     * A reply came: an echo reply, a datagram.
     *
     * @param from who it is from: not the one that was asked, where NAT went wrong
     */
    record Answered(int sequence, long nanos, long roundTripNanos, IpAddress from) implements ProbeEvent {}

    /** TCP: the connection stands. */
    record Connected(int sequence, long nanos, long roundTripNanos) implements ProbeEvent {}

    /** TCP: all that was sent behind the handshake has been acknowledged. */
    record Acknowledged(int sequence, long nanos, int bytes) implements ProbeEvent {}

    /** TCP: answered by a reset. {@code connected} if it came later than the handshake. */
    record Refused(int sequence, long nanos, long roundTripNanos, boolean connected) implements ProbeEvent {}

    /** TCP: the peer closed after us; nothing more comes. */
    record Closed(int sequence, long nanos) implements ProbeEvent {}

    /**
     * An ICMP error about it came, or the kernel made one up itself: an address resolution that failed comes as host unreachable from
     * an own address.
     *
     * @param from who says so
     * @param type of ICMP or ICMPv6, by the family of the probe
     * @param mtu what the next link takes, where the packet was too big for it
     * @param errno what the kernel makes of it
     */
    record IcmpError(
            int sequence, long nanos, Optional<IpAddress> from, int type, int code, OptionalInt mtu, Errno errno)
            implements ProbeEvent {}
}
