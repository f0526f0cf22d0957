package dev.lasthop.containers;

import java.util.List;
import java.util.OptionalLong;

/** Podman: by its service's socket where that is there, else by its state. */
record Podman(DockerSocket service, PodmanState state) implements Engine {
    @Override
    public String prefix() {
        return "podman";
    }

    @Override
    public List<Container> containers() {
        return chosen().containers();
    }

    @Override
    public OptionalLong pid(Container container) {
        return chosen().pid(container);
    }

    private Engine chosen() {
        return service.isThere() ? service : state;
    }
}
