package dev.lasthop.lab;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.Poll;
import dev.lasthop.linux.SystemCall;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A service of one line on a TCP and a UDP port of a lab's namespace, in this process: whoever connects is told a line and hung up
 * on, whatever arrives by UDP is sent back. It ends with this process, or when it is closed.
 *
 * <p>Java's own sockets decide once, by the namespace that the process was started in, whether there is IPv6: hence the plain calls.
 */
public final class Listener implements AutoCloseable {
    private static final byte[] LINE = "this is a service in a lab of lasthop\n".getBytes(StandardCharsets.US_ASCII);
    private static final int BACKLOG = 64;
    private static final int SHORT_QUEUE = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_RDWR = 2;
    private static final Duration PATIENCE = Duration.ofMillis(250); // at most so long does a close take
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    private final Fd tcp;
    private final Fd udp;
    private final Thread thread;
    private final List<Fd> callers = new ArrayList<>(); // that wait, and are never answered
    private volatile boolean closed;

    private Listener(Fd tcp, Fd udp) {
        this.tcp = tcp;
        this.udp = udp;
        this.thread = Thread.ofPlatform().daemon().name("lasthop-lab-service").unstarted(this::serve);
    }

    /** Listens on every address of the namespace, IPv4 and IPv6. */
    public static Listener everywhere(Place place, int port) {
        try {
            return open(place, IpAddress.ANY_IPV6, port);
        } catch (KernelException e) {
            if (e.is(Errno.EAFNOSUPPORT)) {
                return open(place, IpAddress.ANY_IPV4, port);
            }
            throw e;
        }
    }

    /** Listens on 127.0.0.1 of the namespace only. */
    public static Listener onLoopback(Place place, int port) {
        return open(place, LOOPBACK, port);
    }

    /** Listens on every IPv6 address of the namespace, and on no IPv4 address. */
    public static Listener onIpv6(Place place, int port) {
        return start(place, () -> openHere(IpAddress.ANY_IPV6, port, true, BACKLOG));
    }

    /** Listens on every address, and takes no connection: as many wait from the start as may. */
    public static Listener overwhelmed(Place place, int port) {
        try (Places places = Places.here()) {
            return places.at(place).namespace().call(() -> {
                Listener deaf = openHere(IpAddress.ANY_IPV6, port, false, SHORT_QUEUE);
                for (int i = 0; i <= SHORT_QUEUE; i++) {
                    Fd caller = Fd.socket(Family.IPV4.number(), Fd.SOCK_STREAM | Fd.SOCK_NONBLOCK, 0);
                    deaf.callers.add(caller);
                    byte[] to = socketAddress(LOOPBACK, port);
                    try (Memory address = Memory.of(to)) {
                        Kernel.attempt(SystemCall.CONNECT, caller.raw(), address.address(), to.length);
                    }
                }
                return deaf;
            });
        }
    }

    private static Listener open(Place place, IpAddress address, int port) {
        return start(place, () -> openHere(address, port, false, BACKLOG));
    }

    private static Listener start(Place place, Callable<Listener> opening) {
        try (Places places = Places.here()) {
            Listener opened = places.at(place).namespace().call(opening); // sockets stay there
            opened.thread.start();
            return opened;
        }
    }

    private static Listener openHere(IpAddress address, int port, boolean oneFamily, int backlog) {
        Fd tcp = bound(Fd.SOCK_STREAM, address, port, oneFamily);
        try {
            Kernel.call("listen on TCP port " + port, SystemCall.LISTEN, tcp.raw(), backlog);
            return new Listener(tcp, bound(Fd.SOCK_DGRAM, address, port, oneFamily));
        } catch (RuntimeException e) {
            tcp.close();
            throw e;
        }
    }

    private static Fd bound(int type, IpAddress address, int port, boolean oneFamily) {
        Fd socket = Fd.socket(address.family().number(), type | Fd.SOCK_NONBLOCK, 0);
        try {
            socket.setOption(1, 2, 1); // SOL_SOCKET, SO_REUSEADDR
            if (oneFamily) {
                socket.setOption(41, 26, 1); // IPPROTO_IPV6, IPV6_V6ONLY
            }
            socket.bind(socketAddress(address, port));
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** {@code struct sockaddr_in} or {@code sockaddr_in6}. */
    private static byte[] socketAddress(IpAddress address, int port) {
        boolean four = address.family() == Family.IPV4;
        ByteBuffer out = ByteBuffer.allocate(four ? 16 : 28).order(ByteOrder.nativeOrder());
        out.putShort((short) address.family().number());
        out.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        return out.put(four ? 4 : 8, address.bytes()).array();
    }

    @Override
    public void close() {
        closed = true;
        callers.forEach(Fd::close);
        Kernel.attempt(SystemCall.SHUTDOWN, tcp.raw(), SHUT_RDWR); // wakes the thread
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tcp.close();
        udp.close();
    }

    private void serve() {
        List<Fd> both = List.of(tcp, udp);
        try (Memory buffer = new Memory(65_536);
                Memory from = new Memory(128);
                Memory length = new Memory(8)) {
            while (!closed) {
                int[] ready = Poll.readable(both, PATIENCE);
                if (ready[0] != 0) {
                    greet();
                }
                if (ready[1] != 0) {
                    echo(buffer, from, length);
                }
            }
        }
    }

    private void greet() {
        long accepted = Kernel.attempt(SystemCall.ACCEPT4, tcp.raw(), 0, 0, Fd.SOCK_CLOEXEC | Fd.SOCK_NONBLOCK);
        if (accepted >= 0) {
            try (Fd caller = Fd.owning(accepted);
                    Memory line = Memory.of(LINE)) {
                Kernel.attempt(SystemCall.SENDTO, caller.raw(), line.address(), LINE.length, MSG_NOSIGNAL, 0, 0);
            }
        }
    }

    private void echo(Memory buffer, Memory from, Memory length) {
        length.bytes().putInt(0, from.size());
        long bytes = Kernel.attempt(
                SystemCall.RECVFROM,
                udp.raw(),
                buffer.address(),
                buffer.size(),
                Fd.MSG_DONTWAIT,
                from.address(),
                length.address());
        if (bytes >= 0) {
            int size = length.bytes().getInt(0);
            Kernel.attempt(
                    SystemCall.SENDTO, udp.raw(), buffer.address(), bytes, Fd.MSG_DONTWAIT, from.address(), size);
        }
    }
}
