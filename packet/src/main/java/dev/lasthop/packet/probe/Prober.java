package dev.lasthop.packet.probe;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import java.util.List;
import java.util.Optional;

/**
 * Sends probes through a namespace's own network stack, so that its routes, rules and filters apply, and hears what becomes of them.
 * Never waits; for one thread at a time. Which flow a probe will be is known before it is sent, so that taps can be told.
 */
public sealed interface Prober extends AutoCloseable permits EchoProber, TcpProber, UdpProber {
    /**
     * Opens the sockets; sends nothing.
     *
     * @param attempts how many sequence numbers will be sent at most, 0 to {@code attempts - 1}: each over TCP and UDP has a source port
     *     of its own, if none is given
     * @throws KernelException EPERM (echo needs CAP_NET_RAW), EADDRINUSE, EADDRNOTAVAIL (source address or port), ENODEV (device)
     */
    static Prober open(NetworkNamespace namespace, Probe probe, int attempts) {
        if (attempts < 1 || attempts > 1024) {
            throw new IllegalArgumentException("between 1 and 1024 attempts, not " + attempts);
        }
        if (probe.protocol().isIcmp()) {
            return new EchoProber(namespace, probe);
        }
        return probe.protocol().equals(Protocol.TCP)
                ? new TcpProber(namespace, probe, attempts)
                : new UdpProber(namespace, probe, attempts);
    }

    /** Sends one probe. What becomes of it, that it was not sent too, comes by {@link #poll}. */
    void send(int sequence);

    /** What has happened since the last time, in the order in which it was noticed. */
    List<ProbeEvent> poll();

    /** What to wait for before polling again. Changes as connections come and go; ask each time. */
    List<Poll.Interest> interests();

    /** The flow of this probe as it leaves; the source address is 0 where there is no route that gives one. */
    Flow flow(int sequence);

    @Override
    void close();

    /** The source address that the kernel would choose by its routes for now; empty if there is no route. Sends nothing. */
    static Optional<IpAddress> source(NetworkNamespace namespace, Probe probe) {
        if (probe.source().isPresent()) {
            return probe.source();
        }
        try (Fd socket = ProbeSocket.open(namespace, probe, Fd.SOCK_DGRAM, 0)) {
            int port = probe.destinationPort() == 0 ? 7 : probe.destinationPort();
            long result = socket.connect(new SocketAddress(probe.destination(), port).encode());
            return result < 0
                    ? Optional.empty()
                    : SocketAddress.decode(socket.localAddress()).map(SocketAddress::address);
        }
    }
}
