package dev.lasthop.packet.probe;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.MessageBuffer;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import java.util.ArrayList;
import java.util.List;

/** Connections, one an attempt, with ports that are taken beforehand. */
final class TcpProber implements Prober {
    private final Probe probe;
    private final IpAddress source;
    private final MessageBuffer buffer = new MessageBuffer(2048);
    private final List<TcpAttempt> attempts = new ArrayList<>();

    TcpProber(NetworkNamespace namespace, Probe probe, int count) {
        this.probe = probe;
        try {
            for (int i = 0; i < count; i++) {
                Fd socket = ProbeSocket.open(namespace, probe, Fd.SOCK_STREAM, 0);
                attempts.add(new TcpAttempt(i, probe, socket, buffer));
                if (probe.sourcePort() == 0) {
                    attempts.getLast().bind();
                }
            }
            this.source = Prober.source(namespace, probe).orElse(IpAddress.any(probe.family()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Where one source port is to serve all attempts, this cuts off the one before. */
    @Override
    public void send(int sequence) {
        if (probe.sourcePort() != 0) {
            attempts.stream().limit(sequence).forEach(TcpAttempt::abort);
        }
        attempts.get(sequence).send();
    }

    @Override
    public List<ProbeEvent> poll() {
        return attempts.stream().flatMap(attempt -> attempt.poll().stream()).toList();
    }

    @Override
    public List<Poll.Interest> interests() {
        return attempts.stream().flatMap(attempt -> attempt.interest().stream()).toList();
    }

    @Override
    public Flow flow(int sequence) {
        int port = attempts.get(sequence).port();
        return new Flow(Protocol.TCP, source, port, probe.destination(), probe.destinationPort());
    }

    @Override
    public void close() {
        attempts.forEach(TcpAttempt::close);
        buffer.close();
    }
}
