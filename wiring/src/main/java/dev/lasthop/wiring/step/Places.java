package dev.lasthop.wiring.step;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The namespaces that steps are at work in, opened when they are first needed and kept until this is closed. One thread at a time.
 */
public final class Places implements AutoCloseable {
    private final NetworkNamespace host;
    private final boolean ownsHost;
    private final Optional<NetfilterSockets> netfilter;
    private final Map<Place, Site> sites = new HashMap<>();

    private Places(NetworkNamespace host, boolean ownsHost, Optional<NetfilterSockets> netfilter) {
        this.host = host;
        this.ownsHost = ownsHost;
        this.netfilter = netfilter;
    }

    /** With the calling thread's namespace as the host. */
    public static Places here() {
        return new Places(NetworkNamespace.current(), true, Optional.empty());
    }

    /** With another namespace as the host; it stays the caller's to close. */
    public static Places withHost(NetworkNamespace host) {
        return new Places(host, false, Optional.empty());
    }

    /** The same, which borrows the host's netfilter sockets: they outlive this. */
    public static Places withHost(NetworkNamespace host, NetfilterSockets netfilter) {
        return new Places(host, false, Optional.of(netfilter));
    }

    /**
     * The namespace, opened.
     *
     * @throws KernelException ENOENT if it is not there
     */
    public Site at(Place place) {
        Site known = sites.get(place);
        if (known != null) {
            return known;
        }
        Site opened = open(place);
        sites.put(place, opened);
        return opened;
    }

    /** Whether the namespace can be opened. */
    public boolean exists(Place place) {
        try {
            at(place);
            return true;
        } catch (KernelException e) {
            return false;
        }
    }

    /** Closes a namespace that is to be deleted, or that its name no longer stands for. */
    public void forget(Place place) {
        Site site = sites.remove(place);
        if (site != null) {
            site.close();
        }
    }

    @Override
    public void close() {
        sites.values().forEach(Site::close);
        sites.clear();
        if (ownsHost) {
            host.close();
        }
    }

    private Site open(Place place) {
        return switch (place) {
            case Place.Host _ -> new Site(place, host, false, netfilter);
            case Place.Live live -> new Site(place, live.namespace(), false, Optional.empty());
            case Place.Named named -> owned(place, NamedNamespaces.path(named.name()));
            case Place.OfFile file -> owned(place, file.path());
            case Place.OfProcess process -> owned(place, Path.of("/proc/" + process.pid() + "/ns/net"));
        };
    }

    private static Site owned(Place place, Path path) {
        return new Site(place, open(place, path), true, Optional.empty());
    }

    private static NetworkNamespace open(Place place, Path path) {
        if (!Files.exists(path)) {
            String reason = switch (place) {
                case Place.Named named -> "there is no namespace of that name; ip netns list shows those there are";
                case Place.OfProcess process -> "there is no such process";
                default -> "there is no such file";
            };
            throw new KernelException("open " + place.label(), Errno.ENOENT, reason);
        }
        return NetworkNamespace.open(path);
    }
}
