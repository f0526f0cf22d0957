package dev.lasthop.packet.probe;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.MessageBuffer;
import dev.lasthop.linux.Poll;
import dev.lasthop.linux.SystemCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One connection, from its first segment to its last. */
final class TcpAttempt {
    private static final int HEADER = 32; // with the time stamp option that Linux sends
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int ESTABLISHED = 1; // TCP_ESTABLISHED, include/net/tcp_states.h
    private static final int CLOSE_WAIT = 8;
    private static final long SIOCOUTQ = 0x5411;
    private static final int SHUT_WR = 1;

    private enum State {
        READY,
        CONNECTING,
        SENDING,
        CLOSING,
        DONE
    }

    private final int sequence;
    private final Probe probe;
    private final Fd socket;
    private final MessageBuffer buffer;
    private final List<ProbeEvent> events = new ArrayList<>();
    private State state = State.READY;
    private int port;
    private long start;
    private int bytes;

    TcpAttempt(int sequence, Probe probe, Fd socket, MessageBuffer buffer) {
        this.sequence = sequence;
        this.probe = probe;
        this.socket = socket;
        this.buffer = buffer;
        this.port = probe.sourcePort();
    }

    /** Takes the source port. */
    void bind() {
        ProbeSocket.reuseAddress(socket);
        port = ProbeSocket.bind(socket, probe, probe.sourcePort());
    }

    int port() {
        return port;
    }

    void send() {
        if (state != State.READY) {
            throw new IllegalStateException("attempt " + sequence + " was made already");
        }
        start = System.nanoTime();
        try {
            if (probe.sourcePort() != 0) {
                bind();
            }
        } catch (KernelException e) {
            failed(e.errno());
            return;
        }
        long result = socket.connect(new SocketAddress(probe.destination(), probe.destinationPort()).encode());
        if (result < 0 && result != -Errno.EINPROGRESS.number()) {
            if (result == -Errno.ECONNREFUSED.number()) {
                ended(Errno.ECONNREFUSED);
            } else {
                failed(Errno.of((int) -result));
            }
            return;
        }
        state = State.CONNECTING;
        events.add(new ProbeEvent.Sent(sequence, start));
    }

    List<ProbeEvent> poll() {
        switch (state) {
            case CONNECTING -> connecting();
            case SENDING -> sending();
            case CLOSING -> closing();
            case READY, DONE -> {}
        }
        List<ProbeEvent> result = List.copyOf(events);
        events.clear();
        return result;
    }

    private void connecting() {
        int ready = Poll.wait(List.of(new Poll.Interest(socket, Poll.OUT)), Duration.ZERO)[0];
        if (ready == 0) {
            return;
        }
        boolean told = errors();
        int error = ProbeSocket.error(socket);
        if (error != 0) {
            if (told) {
                finish();
            } else {
                ended(Errno.of(error));
            }
        } else if (isConnected()) {
            long nanos = System.nanoTime();
            events.add(new ProbeEvent.Connected(sequence, nanos, nanos - start));
            connected();
        }
    }

    private void connected() {
        if (probe.size() == 0) {
            shutDown();
            return;
        }
        byte[] payload = new byte[probe.payload(HEADER, 1)];
        try (Memory memory = Memory.of(payload)) {
            long sent = Kernel.attempt(
                    SystemCall.SENDTO, socket.raw(), memory.address(), payload.length, 0x4000, 0, 0); // MSG_NOSIGNAL
            if (sent == -Errno.EPIPE.number() || sent == -Errno.ECONNRESET.number()) {
                hungUp(true); // before it could be told anything
                return;
            }
            if (sent < 0) {
                failed(Errno.of((int) -sent));
                return;
            }
            bytes = (int) sent;
            state = State.SENDING;
        }
    }

    private void sending() {
        errors();
        int error = ProbeSocket.error(socket);
        if (error != 0) {
            ended(Errno.of(error));
        } else if (unacknowledged() == 0) {
            events.add(new ProbeEvent.Acknowledged(sequence, System.nanoTime(), bytes));
            shutDown();
        }
    }

    private void closing() {
        errors();
        while (true) {
            int length = buffer.receive(socket, Fd.MSG_DONTWAIT);
            if (length == -Errno.EAGAIN.number()) {
                return;
            }
            if (length <= 0) {
                if (length == 0) {
                    events.add(new ProbeEvent.Closed(sequence, System.nanoTime()));
                    finish();
                } else {
                    ended(Errno.of(-length));
                }
                return;
            }
        }
    }

    private void shutDown() {
        Kernel.attempt(SystemCall.SHUTDOWN, socket.raw(), SHUT_WR);
        state = State.CLOSING;
    }

    /** Reports the ICMP errors that came; whether there were any. */
    private boolean errors() {
        List<ErrorQueue.Entry> entries = ErrorQueue.drain(socket, buffer);
        entries.forEach(entry -> events.add(entry.event(sequence, System.nanoTime())));
        return !entries.isEmpty();
    }

    private boolean isConnected() {
        int now = Byte.toUnsignedInt(socket.option(IPPROTO_TCP, TCP_INFO, new byte[8])[0]);
        return now == ESTABLISHED || now == CLOSE_WAIT;
    }

    private int unacknowledged() {
        try (Memory count = Memory.confined(8)) {
            socket.control("count unacknowledged bytes", SIOCOUTQ, count.address());
            return count.bytes().getInt(0);
        }
    }

    private void ended(Errno errno) {
        if (errno.equals(Errno.ECONNREFUSED) || errno.equals(Errno.ECONNRESET) || errno.equals(Errno.EPIPE)) {
            hungUp(state == State.SENDING || state == State.CLOSING);
        } else {
            failed(errno);
        }
    }

    private void hungUp(boolean established) {
        long nanos = System.nanoTime();
        events.add(new ProbeEvent.Refused(sequence, nanos, nanos - start, established));
        finish();
    }

    private void failed(Errno errno) {
        OptionalInt mtu =
                errno.equals(Errno.EMSGSIZE) ? ProbeSocket.pathMtu(socket, probe.family()) : OptionalInt.empty();
        events.add(new ProbeEvent.SendFailed(sequence, System.nanoTime(), errno, mtu));
        finish();
    }

    private void finish() {
        state = State.DONE;
        socket.close();
    }

    Optional<Poll.Interest> interest() {
        return switch (state) {
            case CONNECTING -> Optional.of(new Poll.Interest(socket, Poll.OUT));
            case SENDING, CLOSING -> Optional.of(Poll.Interest.readable(socket));
            case READY, DONE -> Optional.empty();
        };
    }

    /** Cuts the connection off, so that its port is free at once. */
    void abort() {
        if (state != State.DONE) {
            ProbeSocket.abortOnClose(socket);
            finish();
        }
    }

    void close() {
        if (state == State.CONNECTING || state == State.SENDING) {
            abort(); // nobody waits for it any more, and nothing is to be sent again
        } else if (state != State.DONE) {
            finish();
        }
    }
}
