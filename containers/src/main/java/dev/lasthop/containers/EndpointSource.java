package dev.lasthop.containers;

import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Knows places by name: one container engine, the named namespaces, Lasthop's own endpoints. */
public interface EndpointSource {
    /** What stands before the colon: {@code docker}, {@code netns}, {@code lasthop}. */
    String prefix();

    /**
     * The places of that name; several if it is the beginning of several ids. Must be quick and quiet where the engine is not there.
     *
     * @throws EndpointException if the engine is there and cannot be asked
     */
    List<Match> find(String name);

    /** The names that it knows, to suggest from. */
    List<String> names();

    /**
     * A place that was found and is not open yet.
     *
     * @param name its full name, prefix included
     * @param path the file of its namespace
     */
    record Match(String name, Path path, OptionalLong pid) {
        Endpoint open() {
            try {
                return new Endpoint(name, NetworkNamespace.open(path), pid);
            } catch (KernelException e) {
                throw EndpointException.unopenable(name, path, e);
            }
        }
    }
}
