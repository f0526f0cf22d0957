package dev.lasthop.containers;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.KernelFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The tasks that containerd runs, by its state: {@code NAMESPACE/ID/init.pid} below the run folder; of those that a kubelet had made,
 * {@code config.json} has the names that Kubernetes knows them by.
 *
 * @param tasks {@code /run/containerd/io.containerd.runtime.v2.task}
 * @param cri whether those of a kubelet are meant, by the container's name or the pod's
 */
record ContainerdState(Path tasks, boolean cri) implements Engine {
    private static final String KUBERNETES = "k8s.io";
    private static final List<String> ANNOTATIONS =
            List.of("io.kubernetes.cri.container-name", "io.kubernetes.cri.sandbox-name");

    @Override
    public String prefix() {
        return cri ? "cri" : "containerd";
    }

    @Override
    public List<Container> containers() {
        var all = new ArrayList<Container>();
        for (Path namespace : below(tasks)) {
            boolean kubernetes = String.valueOf(namespace.getFileName()).equals(KUBERNETES);
            if (kubernetes == cri) {
                for (Path task : below(namespace)) {
                    String id = String.valueOf(task.getFileName());
                    all.add(new Container(
                            id, cri ? names(task) : List.of(id), read(task).isPresent()));
                }
            }
        }
        return all;
    }

    @Override
    public OptionalLong pid(Container container) {
        return below(tasks).stream()
                .filter(namespace ->
                        cri == String.valueOf(namespace.getFileName()).equals(KUBERNETES))
                .flatMap(namespace -> below(namespace).stream())
                .filter(task -> String.valueOf(task.getFileName()).equals(container.id()))
                .flatMapToLong(task -> read(task).stream())
                .findFirst();
    }

    private static OptionalLong read(Path task) {
        try {
            Path file = task.resolve("init.pid");
            String text = Files.size(file) > 16
                    ? ""
                    : Files.readString(file, StandardCharsets.US_ASCII).strip();
            return text.matches("[1-9][0-9]{0,9}") && Files.exists(Path.of("/proc/" + text))
                    ? OptionalLong.of(Long.parseLong(text))
                    : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static List<String> names(Path task) {
        try (var files = new KernelFiles()) {
            Optional<byte[]> bytes = files.read(task.resolve("config.json").toString());
            if (bytes.isEmpty()) {
                return List.of();
            }
            JsonObject annotations = Json.readObject(bytes.get(), Limits.DEFAULT)
                    .findObject("annotations")
                    .orElse(JsonObject.EMPTY);
            return ANNOTATIONS.stream()
                    .flatMap(name -> annotations.findString(name).stream())
                    .limit(1) // a pod's own container has no name but the pod's
                    .toList();
        } catch (KernelException | JsonException e) {
            return List.of(); // known by its id only
        }
    }

    private static List<Path> below(Path folder) {
        var all = new ArrayList<Path>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            found.forEach(all::add);
        } catch (IOException e) {
            return List.of();
        }
        all.sort(null);
        return all;
    }
}
