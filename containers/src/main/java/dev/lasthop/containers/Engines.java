package dev.lasthop.containers;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The container engines of this machine, in the order in which a bare name is looked up. */
public final class Engines {
    private static final Path TASKS = Path.of("/run/containerd/io.containerd.runtime.v2.task");
    private static final String UNIX = "unix://";

    private Engines() {}

    /**
     * Docker, Podman, containerd, CRI, each where it keeps its socket or its state if nothing else is said.
     *
     * @param environment {@code DOCKER_HOST}, {@code CONTAINER_HOST} may name other sockets, as {@code unix:///PATH}
     */
    public static List<EndpointSource> of(Map<String, String> environment) {
        return List.of(
                docker(socket(environment, "DOCKER_HOST", "/run/docker.sock")),
                podman(
                        socket(environment, "CONTAINER_HOST", "/run/podman/podman.sock"),
                        Path.of("/var/lib/containers/storage"),
                        Path.of("/run/containers/storage")),
                containerd(TASKS),
                cri(TASKS));
    }

    static EndpointSource docker(Path socket) {
        return new EngineSource(new DockerSocket("docker", socket));
    }

    static EndpointSource podman(Path socket, Path storage, Path run) {
        return new EngineSource(new Podman(new DockerSocket("podman", socket), new PodmanState(storage, run)));
    }

    static EndpointSource containerd(Path tasks) {
        return new EngineSource(new ContainerdState(tasks, false));
    }

    static EndpointSource cri(Path tasks) {
        return new EngineSource(new ContainerdState(tasks, true));
    }

    private static Path socket(Map<String, String> environment, String name, String otherwise) {
        String said = environment.getOrDefault(name, "");
        return Path.of(said.startsWith(UNIX) ? said.substring(UNIX.length()) : otherwise);
    }
}
