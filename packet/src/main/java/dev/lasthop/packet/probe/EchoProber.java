package dev.lasthop.packet.probe;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.MessageBuffer;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.packet.Checksum;
import dev.lasthop.packet.Icmp;
import dev.lasthop.packet.SocketFilter;
import dev.lasthop.packet.SocketFilter.Instruction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** Echo by a raw socket, with an identifier of its own. */
final class EchoProber implements Prober {
    private static final int HEADER = 8;
    private static final int ROOM = 2048;
    private static final int MOST_AT_ONCE = 1024;
    private static final int LEAST = 8; // a payload of some bytes, as others' echo requests have

    private final Probe probe;
    private final int identifier;
    private final IpAddress source;
    private final Fd socket;
    private final MessageBuffer buffer = new MessageBuffer(ROOM);
    private final Map<Integer, Long> sent = new HashMap<>();
    private final List<ProbeEvent> events = new ArrayList<>();
    private int last;

    EchoProber(NetworkNamespace namespace, Probe probe) {
        this.probe = probe;
        this.identifier = probe.sourcePort() == 0 ? ThreadLocalRandom.current().nextInt(1, 65536) : probe.sourcePort();
        this.socket = ProbeSocket.open(
                namespace, probe, Fd.SOCK_RAW, Protocol.icmp(probe.family()).number());
        try {
            replies().attach(socket);
            if (probe.source().isPresent()) {
                ProbeSocket.bind(socket, probe, 0);
            }
            this.source = Prober.source(namespace, probe).orElse(IpAddress.any(probe.family()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void send(int sequence) {
        last = sequence;
        byte[] message = message(sequence);
        long nanos = System.nanoTime();
        ProbeSocket.error(socket); // what an earlier echo met: the next call would be told, and not be made
        long result = socket.sendTo(message, new SocketAddress(probe.destination(), 0).encode());
        if (result < 0) {
            events.add(new ProbeEvent.SendFailed(sequence, nanos, Errno.of((int) -result), knownMtu(sequence)));
        } else {
            sent.put(sequence, nanos);
            events.add(new ProbeEvent.Sent(sequence, nanos));
        }
    }

    /** The kernel queues its own word about a packet that is too big beside refusing it. */
    private OptionalInt knownMtu(int sequence) {
        OptionalInt mtu = OptionalInt.empty();
        for (ErrorQueue.Entry entry : ErrorQueue.drain(socket, buffer)) {
            if (entry.local()) {
                mtu = OptionalInt.of(entry.info());
            } else {
                about(entry, sequence);
            }
        }
        return mtu;
    }

    private byte[] message(int sequence) {
        Icmp header = Icmp.echo(probe.family(), true, identifier, sequence);
        int length = HEADER + probe.payload(HEADER, LEAST);
        byte[] message = ByteBuffer.allocate(length).put(header.encode()).array();
        if (probe.family() == Family.IPV4) { // of ICMPv6 the kernel does it, which knows both addresses
            ByteBuffer.wrap(message)
                    .put(header.withChecksum(Checksum.internet(message)).encode());
        }
        return message;
    }

    @Override
    public List<ProbeEvent> poll() {
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            int length = buffer.receive(socket, Fd.MSG_DONTWAIT);
            if (length == -Errno.EAGAIN.number()) {
                break;
            }
            if (length >= 0) {
                reply();
            }
        }
        ErrorQueue.drain(socket, buffer).forEach(entry -> about(entry, last));
        List<ProbeEvent> result = List.copyOf(events);
        events.clear();
        return result;
    }

    private void reply() {
        long nanos = System.nanoTime();
        ByteBuffer in = ByteBuffer.wrap(buffer.data());
        int header = probe.family() == Family.IPV4 && in.hasRemaining() ? (in.get(0) & 0xf) * 4 : 0;
        if (in.remaining() < header + HEADER) {
            return;
        }
        int sequence = Short.toUnsignedInt(in.getShort(header + 6));
        Long start = sent.get(sequence);
        if (start != null) {
            SocketAddress.decode(buffer.address())
                    .ifPresent(from ->
                            events.add(new ProbeEvent.Answered(sequence, nanos, nanos - start, from.address())));
        }
    }

    /** Takes an error in, if the echo that it quotes is one of ours. */
    private void about(ErrorQueue.Entry entry, int fallback) {
        int sequence = fallback;
        if (!entry.local()) {
            if (entry.about().size() < HEADER || entry.about().buffer().getShort(4) != (short) identifier) {
                return;
            }
            sequence = Short.toUnsignedInt(entry.about().buffer().getShort(6));
        }
        events.add(entry.event(sequence, System.nanoTime()));
    }

    @Override
    public List<Poll.Interest> interests() {
        return List.of(Poll.Interest.readable(socket));
    }

    @Override
    public Flow flow(int sequence) {
        return Flow.icmp(source, identifier, probe.destination());
    }

    @Override
    public void close() {
        socket.close();
        buffer.close();
    }

    /** Lets echo replies with our identifier through. IPv4 gives the IP header too, IPv6 does not. */
    private SocketFilter replies() {
        boolean v4 = probe.family() == Family.IPV4;
        return new SocketFilter(List.of(
                v4 ? new Instruction(0xb1, 0, 0, 0) : new Instruction(0x01, 0, 0, 0), // X = the header's length, or 0
                new Instruction(0x50, 0, 0, 0), // the type
                new Instruction(0x15, 0, 3, v4 ? Icmp.ECHO_REPLY : Icmp.V6_ECHO_REPLY),
                new Instruction(0x48, 0, 0, 4), // the identifier
                new Instruction(0x15, 0, 1, identifier),
                new Instruction(0x06, 0, 0, 0xffff),
                new Instruction(0x06, 0, 0, 0)));
    }
}
