package dev.lasthop.containers;

import dev.lasthop.linux.NetworkNamespace;
import java.util.OptionalLong;

/**
 * A place on the network: a namespace, and what it is called. Whoever resolved it closes it.
 *
 * @param name as the command line names it and as reports print it: {@code host}, {@code pid:4242}, {@code netns:blue}, {@code docker:web}
 * @param namespace open, so that it lives as long as this does
 * @param pid a process in it, where one is known: its resolver configuration is the place's
 */
public record Endpoint(String name, NetworkNamespace namespace, OptionalLong pid) implements AutoCloseable {
    @Override
    public void close() {
        namespace.close();
    }
}
