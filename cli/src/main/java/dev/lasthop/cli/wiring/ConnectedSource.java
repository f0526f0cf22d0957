package dev.lasthop.cli.wiring;

import dev.lasthop.containers.EndpointException;
import dev.lasthop.containers.EndpointSource;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.StateFolders;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.WiringException;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Endpoints that Lasthop connected, by the names that it gave them. A match bears the name of its namespace, so that {@code web} is not
 * two places where it names an endpoint of Lasthop's and the namespace behind it.
 */
final class ConnectedSource implements EndpointSource {
    @Override
    public String prefix() {
        return "lasthop";
    }

    @Override
    public List<Match> find(String name) {
        return read().stream()
                .filter(endpoint -> endpoint.name().equals(name))
                .flatMap(endpoint -> match(endpoint).stream())
                .distinct()
                .toList();
    }

    @Override
    public List<String> names() {
        try {
            return read().stream().map(Endpoint::name).distinct().toList();
        } catch (EndpointException e) {
            return List.of();
        }
    }

    private static List<Endpoint> read() {
        try (NetworkNamespace here = NetworkNamespace.current();
                var wiring = new Wiring(StateFolders.of(System.getenv()), here)) {
            return wiring.endpoints();
        } catch (WiringException e) {
            throw new EndpointException(EndpointException.Kind.UNREACHABLE, String.valueOf(e.getMessage()));
        }
    }

    /** Empty where the namespace is gone, or another has its name now. */
    private static Optional<Match> match(Endpoint endpoint) {
        Optional<Path> path = switch (endpoint.place()) {
            case Place.Named named -> Optional.of(NamedNamespaces.path(named.name()));
            case Place.OfFile file -> Optional.of(file.path());
            case Place.OfProcess process -> Optional.of(Path.of("/proc/" + process.pid() + "/ns/net"));
            case Place.Host _, Place.Live _ -> Optional.empty();
        };
        OptionalLong pid = endpoint.place() instanceof Place.OfProcess process
                ? OptionalLong.of(process.pid())
                : OptionalLong.empty();
        return path.filter(file -> isThere(endpoint, file))
                .map(file -> new Match(endpoint.place().label(), file, pid));
    }

    private static boolean isThere(Endpoint endpoint, Path file) {
        try (NetworkNamespace namespace = NetworkNamespace.open(file)) {
            return endpoint.isIn(namespace);
        } catch (KernelException e) {
            return false;
        }
    }
}
