package dev.lasthop.packet.probe;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.MessageBuffer;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Datagrams, each from a connected socket of its own, so that its port tells it from the others wherever it is seen; all from one socket
 * where a source port is given. The payload begins with the sequence number, in four bytes; an echo server sends it back.
 */
final class UdpProber implements Prober {
    private static final int HEADER = 8;
    private static final int LEAST = 4;
    private static final int MOST_AT_ONCE = 1024;

    private final Probe probe;
    private final IpAddress source;
    private final List<Line> lines = new ArrayList<>();
    private final MessageBuffer buffer = new MessageBuffer(2048);
    private final List<ProbeEvent> events = new ArrayList<>();

    /** A socket, and what was sent by it. */
    private static final class Line {
        final Fd socket;
        final int port;
        final Map<Integer, Long> sent = new TreeMap<>();
        boolean connected;

        Line(Fd socket, int port) {
            this.socket = socket;
            this.port = port;
        }

        /** The sequence number that a payload begins with, or else the first one sent. */
        int which(byte[] payload) {
            int said = payload.length >= LEAST ? ByteBuffer.wrap(payload).getInt() : -1;
            return sent.containsKey(said)
                    ? said
                    : sent.keySet().stream().findFirst().orElse(0);
        }
    }

    UdpProber(NetworkNamespace namespace, Probe probe, int count) {
        this.probe = probe;
        try {
            for (int i = 0; i < (probe.sourcePort() == 0 ? count : 1); i++) {
                lines.add(line(namespace, probe));
            }
            this.source = Prober.source(namespace, probe).orElse(IpAddress.any(probe.family()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Line line(NetworkNamespace namespace, Probe probe) {
        Fd socket = ProbeSocket.open(namespace, probe, Fd.SOCK_DGRAM, 0);
        try {
            return new Line(socket, ProbeSocket.bind(socket, probe, probe.sourcePort()));
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private Line line(int sequence) {
        return lines.get(lines.size() == 1 ? 0 : sequence);
    }

    @Override
    public void send(int sequence) {
        Line line = line(sequence);
        long nanos = System.nanoTime();
        byte[] to = new SocketAddress(probe.destination(), probe.destinationPort()).encode();
        long result = line.connected ? 0 : line.socket.connect(to);
        line.connected = result >= 0;
        if (line.connected) {
            errors(line); // what an earlier datagram met must not be taken for this one's
            byte[] payload = ByteBuffer.allocate(probe.payload(HEADER, LEAST))
                    .putInt(sequence)
                    .array();
            result = line.socket.sendTo(payload, to);
        }
        if (result < 0) {
            Errno errno = Errno.of((int) -result);
            OptionalInt mtu = errno.equals(Errno.EMSGSIZE)
                    ? ProbeSocket.pathMtu(line.socket, probe.family())
                    : OptionalInt.empty();
            ErrorQueue.drain(line.socket, buffer);
            events.add(new ProbeEvent.SendFailed(sequence, nanos, errno, mtu));
        } else {
            line.sent.put(sequence, nanos);
            events.add(new ProbeEvent.Sent(sequence, nanos));
        }
    }

    @Override
    public List<ProbeEvent> poll() {
        lines.forEach(line -> {
            errors(line);
            replies(line);
        });
        List<ProbeEvent> result = List.copyOf(events);
        events.clear();
        return result;
    }

    private void replies(Line line) {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            int length = buffer.receive(line.socket, Fd.MSG_DONTWAIT);
            if (length == -Errno.EAGAIN.number() || length == -Errno.ENOTCONN.number()) {
                break;
            }
            if (length >= 0) {
                reply(line);
            }
        }
    }

    private void reply(Line line) {
        long nanos = System.nanoTime();
        int sequence = line.which(buffer.data());
        Long start = line.sent.get(sequence);
        if (start != null) {
            events.add(new ProbeEvent.Answered(sequence, nanos, nanos - start, probe.destination()));
        }
    }

    private void errors(Line line) {
        for (ErrorQueue.Entry entry : ErrorQueue.drain(line.socket, buffer)) {
            events.add(entry.event(line.which(entry.about().array()), System.nanoTime()));
        }
        if (line.connected) {
            ProbeSocket.error(line.socket); // the same once more
        }
    }

    @Override
    public List<Poll.Interest> interests() {
        return lines.stream().map(line -> Poll.Interest.readable(line.socket)).toList();
    }

    @Override
    public Flow flow(int sequence) {
        return new Flow(Protocol.UDP, source, line(sequence).port, probe.destination(), probe.destinationPort());
    }

    @Override
    public void close() {
        lines.forEach(line -> line.socket.close());
        buffer.close();
    }
}
