package dev.lasthop.containers;

import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Namespaces with a name in {@code /run/netns} or {@code /var/run/netns}. */
final class NamedSource implements EndpointSource {
    private static final List<Path> FOLDERS = List.of(NetworkNamespace.FOLDER, Path.of("/var/run/netns"));

    @Override
    public String prefix() {
        return "netns";
    }

    @Override
    public List<Match> find(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/")) {
            return List.of();
        }
        return FOLDERS.stream()
                .map(folder -> folder.resolve(name))
                .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                .limit(1)
                .map(path -> new Match("netns:" + name, path, OptionalLong.empty()))
                .toList();
    }

    @Override
    public List<String> names() {
        return Stream.of(NamedNamespaces.names()).flatMap(List::stream).toList();
    }
}
