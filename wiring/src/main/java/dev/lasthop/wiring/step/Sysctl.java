package dev.lasthop.wiring.step;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.KernelFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reading and writing {@code /proc/sys/net} of a namespace. */
final class Sysctl {
    private static final Path NET = Path.of("/proc/sys/net");

    private Sysctl() {}

    /** The file of a parameter, which is below {@code /proc/sys/net} whatever the name says. */
    static Path path(String key) {
        String slashes = key.contains("/") ? key : key.replace('.', '/');
        boolean stays = slashes.startsWith("net/")
                && Stream.of(slashes.split("/", -1))
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."))
                && slashes.indexOf('\0') < 0;
        if (!stays) {
            throw new IllegalArgumentException(
                    "not the name of a network parameter such as net.ipv4.ip_forward: " + key);
        }
        return NET.resolve(slashes.substring(4));
    }

    /** The value, or empty where there is no such parameter. */
    static Optional<String> read(Site site, String key) {
        Path path = path(key);
        return site.namespace().call(() -> readHere(path));
    }

    static void write(Site site, String key, String value) {
        Path path = path(key);
        String operation = "set " + key + " to " + value + " in " + site.label();
        site.namespace().run(() -> {
            try {
                // no O_CREAT and no O_TRUNC: /proc knows neither
                Files.write(path, (value + "\n").getBytes(UTF_8), java.nio.file.StandardOpenOption.WRITE);
            } catch (NoSuchFileException e) {
                throw new KernelException(operation, Errno.ENOENT, "there is no such parameter there");
            } catch (AccessDeniedException e) {
                throw new KernelException(
                        operation,
                        Errno.EACCES,
                        "the parameter is read-only there (some are set in the machine's first namespace alone), or root is needed");
            } catch (IOException e) {
                throw new KernelException(operation, Errno.EINVAL, String.valueOf(e.getMessage()));
            }
        });
    }

    /**
     * The steps back. Setting {@code ip_forward} or {@code all/forwarding} sets the same parameter of every interface, and for IPv4
     * {@code all/accept_redirects}: each that differs from what the way back would leave is set by itself.
     */
    static List<Step> undo(Site site, SysctlStep step) {
        String slashes = step.key().contains("/") ? step.key() : step.key().replace('.', '/');
        Optional<String> before = read(site, slashes);
        if (before.isEmpty() || before.get().equals(step.value())) {
            return List.of();
        }
        var back = new ArrayList<Step>();
        back.add(new SysctlStep(step.place(), step.key(), before.get()));
        switch (slashes) {
            case "net/ipv4/ip_forward", "net/ipv4/conf/all/forwarding" -> {
                differing(site, step.place(), "net/ipv4/conf", "forwarding", before.get(), back);
                String redirects = "net/ipv4/conf/all/accept_redirects";
                String left = before.get().equals("0") ? "1" : "0";
                read(site, redirects)
                        .filter(value -> !value.equals(left))
                        .ifPresent(value -> back.add(new SysctlStep(step.place(), redirects, value)));
            }
            case "net/ipv6/conf/all/forwarding", "net/ipv6/conf/all/disable_ipv6" ->
                differing(
                        site,
                        step.place(),
                        "net/ipv6/conf",
                        slashes.substring(slashes.lastIndexOf('/') + 1),
                        before.get(),
                        back);
            default -> {}
        }
        return back;
    }

    private static void differing(Site site, Place place, String folder, String name, String usual, List<Step> back) {
        for (String link : list(site, folder)) {
            String key = folder + "/" + link + "/" + name;
            if (!link.equals("all")) {
                read(site, key)
                        .filter(value -> !value.equals(usual))
                        .ifPresent(value -> back.add(new SysctlStep(place, key, value)));
            }
        }
    }

    /** The folders of a folder, sorted. */
    static List<String> list(Site site, String folder) {
        Path path = path(folder);
        return site.namespace().call(() -> {
            try (Stream<Path> files = Files.list(path)) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            } catch (IOException e) {
                return List.<String>of();
            }
        });
    }

    private static Optional<String> readHere(Path path) {
        try (var files = new KernelFiles()) { // the JDK's own reading gets the first digit only
            return files.setting(path.toString()).map(value -> value.replace('\t', ' '));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }
}
