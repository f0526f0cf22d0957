package dev.lasthop.containers;

import dev.lasthop.json.JsonArray;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * An engine that speaks Docker's API on a unix socket: Docker, and Podman where its service runs.
 *
 * @param prefix {@code docker} or {@code podman}
 * @see <a href="https://docs.docker.com/reference/api/engine/">Docker Engine API: ContainerList, ContainerInspect</a>
 */
record DockerSocket(String prefix, Path socket) implements Engine {
    boolean isThere() {
        return Files.exists(socket);
    }

    @Override
    public List<Container> containers() {
        if (!isThere()) {
            return List.of();
        }
        JsonValue answer = SocketHttp.get(prefix, socket, "/containers/json?all=1");
        try {
            return answer instanceof JsonArray list
                    ? list.items().stream()
                            .filter(JsonObject.class::isInstance)
                            .map(item -> container((JsonObject) item))
                            .toList()
                    : List.of();
        } catch (JsonException e) {
            throw new EndpointException(
                    EndpointException.Kind.UNREACHABLE, prefix + " gives an odd list of containers: " + e.getMessage());
        }
    }

    private static Container container(JsonObject json) {
        return new Container(
                json.string("Id"),
                json.has("Names")
                        ? json.strings("Names").stream()
                                .map(name -> name.startsWith("/") ? name.substring(1) : name)
                                .filter(name -> !name.contains("/")) // a link of another container's
                                .toList()
                        : List.of(),
                json.findString("State").orElse("running").equals("running"));
    }

    @Override
    public OptionalLong pid(Container container) {
        if (!container.id().matches("[0-9a-f]{12,64}")) {
            return OptionalLong.empty();
        }
        JsonValue answer = SocketHttp.get(prefix, socket, "/containers/" + container.id() + "/json");
        if (answer instanceof JsonObject json) {
            OptionalLong pid =
                    json.findObject("State").map(state -> state.findLong("Pid")).orElse(OptionalLong.empty());
            return pid.isPresent() && pid.getAsLong() > 0 ? pid : OptionalLong.empty();
        }
        return OptionalLong.empty();
    }
}
