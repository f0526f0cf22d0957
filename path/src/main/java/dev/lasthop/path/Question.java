package dev.lasthop.path;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.util.Optional;

/**
 * What is to be predicted: a packet, and where it starts.
 *
 * @param source the sending namespace's inode
 * @param sourcePort for ICMP the echo identifier; 0 where it is not fixed: no old connection is then found by it
 * @param destinationPort 0 for ICMP
 * @param length of the IP packet, in bytes
 * @param timeToLive TTL or hop limit; 0 for what the sender's settings say
 * @param sourceAddress where the sender fixes it; otherwise the kernel chooses
 * @param mark the socket's mark
 */
public record Question(
        long source,
        IpAddress destination,
        Protocol protocol,
        int sourcePort,
        int destinationPort,
        int length,
        boolean dontFragment,
        int timeToLive,
        Optional<IpAddress> sourceAddress,
        int mark) {
    private static final int SMALL = 84;
    private static final int OF_THE_SENDER = 0;

    /** A ping of the usual size. */
    public static Question ping(long source, IpAddress destination) {
        return new Question(
                source,
                destination,
                Protocol.icmp(destination.family()),
                0,
                0,
                SMALL,
                true,
                OF_THE_SENDER,
                Optional.empty(),
                0);
    }

    /** A connection attempt, or a datagram, to a port. */
    public static Question to(long source, IpAddress destination, Protocol protocol, int port) {
        return new Question(source, destination, protocol, 0, port, SMALL, true, OF_THE_SENDER, Optional.empty(), 0);
    }

    public Question withSourcePort(int port) {
        return new Question(
                source,
                destination,
                protocol,
                port,
                destinationPort,
                length,
                dontFragment,
                timeToLive,
                sourceAddress,
                mark);
    }

    public Question withLength(int bytes, boolean mayNotFragment) {
        return new Question(
                source,
                destination,
                protocol,
                sourcePort,
                destinationPort,
                bytes,
                mayNotFragment,
                timeToLive,
                sourceAddress,
                mark);
    }

    public Question withTimeToLive(int hops) {
        return new Question(
                source,
                destination,
                protocol,
                sourcePort,
                destinationPort,
                length,
                dontFragment,
                hops,
                sourceAddress,
                mark);
    }

    public Question withSource(IpAddress address) {
        return new Question(
                source,
                destination,
                protocol,
                sourcePort,
                destinationPort,
                length,
                dontFragment,
                timeToLive,
                Optional.of(address),
                mark);
    }

    public Question withMark(int changed) {
        return new Question(
                source,
                destination,
                protocol,
                sourcePort,
                destinationPort,
                length,
                dontFragment,
                timeToLive,
                sourceAddress,
                changed);
    }
}
