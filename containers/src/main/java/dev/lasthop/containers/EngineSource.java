package dev.lasthop.containers;

import dev.lasthop.containers.Engine.Container;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The containers of one engine: by name, or by the beginning of the id. */
final class EngineSource implements EndpointSource {
    private static final int SHORTEST_ID = 4; // digits: fewer are more likely a name than an id

    private final Engine engine;

    EngineSource(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String prefix() {
        return engine.prefix();
    }

    @Override
    public List<Match> find(String name) {
        List<Container> all = engine.containers();
        List<Container> named =
                all.stream().filter(one -> one.names().contains(name)).toList();
        List<Container> found = named.isEmpty() && name.length() >= SHORTEST_ID
                ? all.stream().filter(one -> one.id().startsWith(name)).toList()
                : named;
        List<Match> matches = found.stream()
                .filter(Container::running)
                .flatMap(one -> match(one).stream())
                .toList();
        if (matches.isEmpty() && !found.isEmpty()) {
            throw new EndpointException(
                    EndpointException.Kind.GONE,
                    "%s:%s is not running: it has no network namespace. Start it, then ask again"
                            .formatted(
                                    prefix(),
                                    EndpointException.printable(found.getFirst().label())));
        }
        return matches;
    }

    private List<Match> match(Container container) {
        OptionalLong pid = engine.pid(container);
        return pid.stream()
                .mapToObj(number ->
                        new Match(prefix() + ":" + container.label(), Path.of("/proc/" + number + "/ns/net"), pid))
                .toList();
    }

    @Override
    public List<String> names() {
        try {
            return engine.containers().stream().map(Container::label).toList();
        } catch (EndpointException e) {
            return List.of(); // only to suggest from
        }
    }
}
