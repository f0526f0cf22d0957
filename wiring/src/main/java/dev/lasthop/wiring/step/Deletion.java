package dev.lasthop.wiring.step;

import dev.lasthop.address.IfIndex;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.RouteSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The deletion of a link. The kernel takes the link and all that hangs on it out of its tables, tells everybody, and then keeps who asked
 * waiting until the last reader of its memory is done and it can be freed: ten times as long, and nobody's business. So another thread
 * asks, and this one goes on as soon as the link is not there any more.
 */
final class Deletion {
    private static final long PAUSE = Duration.ofNanos(200_000).toNanos();

    private Deletion() {}

    /** @throws KernelException if the kernel refuses */
    static void of(Site site, IfIndex index) {
        var refusal = new AtomicReference<@Nullable KernelException>();
        RouteSocket socket = RouteSocket.open(site.namespace());
        Thread asking = Thread.ofPlatform()
                .daemon()
                .name("delete link " + index)
                .start(() -> {
                    try (socket) {
                        socket.delete(LinkMessage.at(index));
                    } catch (KernelException e) {
                        refusal.set(e);
                    }
                });
        boolean there = true;
        while (there && asking.isAlive()) {
            there = isThere(site, index); // waits for the kernel's lock, which the deletion has until the link is out
            if (there) {
                LockSupport.parkNanos(PAUSE);
            }
        }
        KernelException no = refusal.get();
        if (no != null) {
            throw no;
        }
    }

    private static boolean isThere(Site site, IfIndex index) {
        Optional<LinkMessage> link = site.route().link(index);
        return link.isPresent();
    }
}
