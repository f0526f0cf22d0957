package dev.lasthop.wiring.step;

import dev.lasthop.address.Flow;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.conntrack.ConntrackSocket;

/** {@link ConntrackStep}s, by netlink. */
final class ConnectionTracking {
    private ConnectionTracking() {}

    static void delete(Site site, Flow original) {
        String operation = "delete the tracked connection " + original;
        site.change(operation, () -> {
            try (ConntrackSocket socket = ConntrackSocket.open(site.namespace())) {
                if (!socket.delete(original)) {
                    throw new KernelException(operation, Errno.ENOENT, "there is no such connection any more");
                }
            }
        });
    }
}
