package dev.lasthop.wiring.step;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.conntrack.ConntrackSocket;
import dev.lasthop.netlink.conntrack.NewConnection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** {@link ConntrackStep}s, by netlink. */
final class ConnectionTracking {
    private static final String MAXIMUM = "net.netfilter.nf_conntrack_max";
    private static final int MOST = 300_000; // of some 400 bytes of the kernel's memory each
    private static final int AT_ONCE = 256;
    private static final IpAddress BENCHMARK = IpAddress.parse("198.18.0.0"); // RFC 2544: nobody's
    private static final Flow NOBODYS =
            new Flow(Protocol.TCP, BENCHMARK, 0, IpAddress.parse("198.19.0.1"), 80); // as Fill's words have it

    private ConnectionTracking() {}

    static void apply(Site site, ConntrackStep step) {
        switch (step) {
            case ConntrackStep.Delete delete -> delete(site, delete.original());
            case ConntrackStep.Add add ->
                ask(site, "remember the connection " + add.original(), socket -> {
                    socket.delete(add.original());
                    socket.create(entry(add));
                });
            case ConntrackStep.Fill fill -> fill(site, fill.mark());
            case ConntrackStep.Forget forget ->
                ask(
                        site,
                        "forget the connections of mark " + forget.mark(),
                        socket -> socket.deleteMarked(forget.mark()));
        }
    }

    private static void delete(Site site, Flow original) {
        String operation = "delete the tracked connection " + original;
        ask(site, operation, socket -> {
            if (!socket.delete(original)) {
                throw new KernelException(operation, Errno.ENOENT, "there is no such connection any more");
            }
        });
    }

    private static NewConnection entry(ConntrackStep.Add add) {
        Flow led = add.original().withDestination(add.target(), add.port());
        return NewConnection.of(add.original(), ConntrackStep.Add.SECONDS)
                .answeredAs(led.reversed())
                .inState(NewConnection.SYN_SENT)
                .withStatus(NewConnection.FIXED_TIMEOUT);
    }

    private static void fill(Site site, int mark) {
        String operation = "fill connection tracking";
        int maximum = site.sysctl(MAXIMUM).map(Integer::parseInt).orElse(0);
        if (maximum == 0 || maximum > MOST) {
            throw new KernelException(
                    operation + " in " + site.label(),
                    Errno.EINVAL,
                    "it has room for " + maximum + " connections, and is filled with up to " + MOST);
        }
        ask(site, operation, socket -> {
            for (int first = 0; first <= maximum; first += AT_ONCE) {
                if (!socket.create(operation, batch(first, mark))) {
                    return;
                }
            }
            throw new KernelException(operation, Errno.EAGAIN, "there is still room after " + maximum + " connections");
        });
    }

    private static List<NewConnection> batch(int first, int mark) {
        return IntStream.range(first, first + AT_ONCE)
                .mapToObj(number -> NewConnection.of(
                                NOBODYS.withSource(BENCHMARK.plus(number / 256), number % 256 + 1),
                                ConntrackStep.Add.SECONDS)
                        .inState(NewConnection.ESTABLISHED)
                        .withStatus(NewConnection.SEEN_REPLY | NewConnection.ASSURED)
                        .withMark(mark))
                .toList();
    }

    private static void ask(Site site, String operation, Consumer<ConntrackSocket> request) {
        site.change(operation, () -> {
            try (ConntrackSocket socket = ConntrackSocket.open(site.namespace())) {
                request.accept(socket);
            }
        });
    }
}
