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

/** Datagrams from one connected socket. The payload begins with the sequence number, in four bytes; an echo server sends it back. */
final class UdpProber implements Prober {
    private static final int HEADER = 8;
    private static final int LEAST = 4;
    private static final int MOST_AT_ONCE = 1024;

    private final Probe probe;
    private final int port;
    private final IpAddress source;
    private final Fd socket;
    private final MessageBuffer buffer = new MessageBuffer(2048);
    private final Map<Integer, Long> sent = new TreeMap<>();
    private final List<ProbeEvent> events = new ArrayList<>();
    private boolean connected;

    UdpProber(NetworkNamespace namespace, Probe probe) {
        this.probe = probe;
        this.socket = ProbeSocket.open(namespace, probe, Fd.SOCK_DGRAM, 0);
        try {
            this.port = ProbeSocket.bind(socket, probe, probe.sourcePort());
            this.source = Prober.source(namespace, probe).orElse(IpAddress.any(probe.family()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void send(int sequence) {
        long nanos = System.nanoTime();
        byte[] to = new SocketAddress(probe.destination(), probe.destinationPort()).encode();
        long result = connected ? 0 : socket.connect(to);
        connected = result >= 0;
        if (connected) {
            errors(); // what an earlier datagram met must not be taken for this one's
            byte[] payload = ByteBuffer.allocate(probe.payload(HEADER, LEAST))
                    .putInt(sequence)
                    .array();
            result = socket.sendTo(payload, to);
        }
        if (result < 0) {
            Errno errno = Errno.of((int) -result);
            OptionalInt mtu =
                    errno.equals(Errno.EMSGSIZE) ? ProbeSocket.pathMtu(socket, probe.family()) : OptionalInt.empty();
            ErrorQueue.drain(socket, buffer);
            events.add(new ProbeEvent.SendFailed(sequence, nanos, errno, mtu));
        } else {
            sent.put(sequence, nanos);
            events.add(new ProbeEvent.Sent(sequence, nanos));
        }
    }

    @Override
    public List<ProbeEvent> poll() {
        errors();
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            int length = buffer.receive(socket, Fd.MSG_DONTWAIT);
            if (length == -Errno.EAGAIN.number() || length == -Errno.ENOTCONN.number()) {
                break;
            }
            if (length >= 0) {
                reply();
            }
        }
        List<ProbeEvent> result = List.copyOf(events);
        events.clear();
        return result;
    }

    private void reply() {
        long nanos = System.nanoTime();
        int sequence = which(buffer.data());
        Long start = sent.get(sequence);
        if (start != null) {
            events.add(new ProbeEvent.Answered(sequence, nanos, nanos - start, probe.destination()));
        }
    }

    private void errors() {
        for (ErrorQueue.Entry entry : ErrorQueue.drain(socket, buffer)) {
            events.add(entry.event(which(entry.about().array()), System.nanoTime()));
        }
        if (connected) {
            ProbeSocket.error(socket); // the same once more
        }
    }

    /** The sequence number that a payload begins with, or else the first one sent. */
    private int which(byte[] payload) {
        int said = payload.length >= 4 ? ByteBuffer.wrap(payload).getInt() : -1;
        return sent.containsKey(said)
                ? said
                : sent.keySet().stream().findFirst().orElse(0);
    }

    @Override
    public List<Poll.Interest> interests() {
        return List.of(Poll.Interest.readable(socket));
    }

    @Override
    public Flow flow(int sequence) {
        return new Flow(Protocol.UDP, source, port, probe.destination(), probe.destinationPort());
    }

    @Override
    public void close() {
        socket.close();
        buffer.close();
    }
}
