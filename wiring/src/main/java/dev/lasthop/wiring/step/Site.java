package dev.lasthop.wiring.step;

import dev.lasthop.address.IfIndex;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.RouteSocket;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A place that has been opened: its namespace, and sockets in it that are opened when they are first needed. */
public final class Site implements AutoCloseable {
    private final Place place;
    private final NetworkNamespace namespace;
    private final boolean owned;
    private final Optional<NetfilterSockets> shared;
    private @Nullable RouteSocket route;
    private @Nullable NetlinkSocket netfilter;

    /** @param shared the namespace's netfilter sockets, where there are some to borrow from */
    Site(Place place, NetworkNamespace namespace, boolean owned, Optional<NetfilterSockets> shared) {
        this.place = place;
        this.namespace = namespace;
        this.owned = owned;
        this.shared = shared;
    }

    public String label() {
        return place.label();
    }

    public Place place() {
        return place;
    }

    public NetworkNamespace namespace() {
        return namespace;
    }

    public RouteSocket route() {
        if (route == null) {
            route = RouteSocket.open(namespace);
            namespace.identify(route.socket().fd());
        }
        return route;
    }

    /** For nf_tables and conntrack; not to be closed. */
    public NetlinkSocket netfilter() {
        if (netfilter == null) {
            netfilter = shared.map(NetfilterSockets::take).orElseGet(() -> NetfilterSockets.open(namespace));
        }
        return netfilter;
    }

    /** A kernel parameter's value, or empty where there is no such parameter. */
    public Optional<String> sysctl(String key) {
        return Sysctl.read(this, key);
    }

    /** The link of that name. @throws KernelException ENODEV if there is none */
    LinkMessage link(String name) {
        return route().link(name).orElseThrow(() -> missing(name));
    }

    boolean has(String name) {
        return route().link(name).isPresent();
    }

    IfIndex index(String name) {
        return link(name).index();
    }

    /** A link's name, or its number where it is gone. */
    String nameOf(IfIndex index) {
        return route().link(index).map(LinkMessage::name).orElse("if" + index);
    }

    /** Runs a request; a refusal names this place and the thing. */
    void change(String operation, Runnable request) {
        ask(operation, () -> {
            request.run();
            return Boolean.TRUE;
        });
    }

    <T> T ask(String operation, Supplier<T> request) {
        try {
            return request.get();
        } catch (KernelException e) {
            throw new KernelException(operation + " in " + label(), e.errno(), e.reason());
        }
    }

    private KernelException missing(String name) {
        return new KernelException(
                "find interface " + name + " in " + label(), Errno.ENODEV, "there is none of that name");
    }

    @Override
    public void close() {
        if (route != null) {
            route.close();
        }
        if (netfilter != null) {
            NetlinkSocket used = netfilter;
            shared.ifPresentOrElse(all -> all.giveBack(used), () -> NetfilterSockets.closeLater(used));
        }
        if (owned) {
            namespace.close();
        }
    }
}
