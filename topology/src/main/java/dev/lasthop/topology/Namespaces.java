package dev.lasthop.topology;

import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.route.RouteSocket;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The network namespaces of this machine that can be reached: the one that this program was started in, those with a name or a mount
 * point, those of processes. Looked up when first asked for, and not again: make a new one to look anew.
 *
 * <p>Not found are namespaces that only a descriptor, a socket, or a thread other than a process's first keeps alive.
 */
public final class Namespaces {
    private static final Path PROC = Path.of("/proc");
    private static final Path OWN = Path.of("/proc/self/ns/net");
    private static final List<Path> FOLDERS = List.of(NetworkNamespace.FOLDER, Path.of("/var/run/netns"));

    private final Map<Long, String> known;
    private final SortedMap<Long, Found> found = new TreeMap<>();
    private final Set<Path> paths = new HashSet<>();
    private final List<Recording.Gap> gaps = new ArrayList<>();
    private final Found host;
    private boolean searchedProcesses;

    /**
     * A namespace and a way to it.
     *
     * @param name as the command line names it: {@code host}, {@code netns:blue}, {@code pid:4242}, {@code netns:/path}
     * @param path its file
     * @param pid the lowest process in it, once processes were looked at
     */
    public record Found(long inode, String name, Path path, OptionalLong pid) {
        /**
         * Opens it.
         *
         * @throws KernelException if it is gone, or may not be opened; ESTALE if the path leads to another one by now
         */
        public NetworkNamespace open() {
            NetworkNamespace namespace = NetworkNamespace.open(path);
            if (namespace.inode() != inode) {
                namespace.close();
                throw new KernelException(
                        "open " + name, dev.lasthop.linux.Errno.of(116), "another namespace is at " + path + " by now");
            }
            return namespace;
        }
    }

    private Namespaces(Map<Long, String> known) {
        this.known = Map.copyOf(known);
        host = new Found(inode(OWN), "host", OWN, OptionalLong.empty());
        found.put(host.inode(), host);
        mountedOnes();
        namedOnes();
    }

    public static Namespaces find() {
        return new Namespaces(Map.of());
    }

    /** @param known names by inode that are better than what the machine says, such as {@code docker:web} */
    public static Namespaces find(Map<Long, String> known) {
        return new Namespaces(known);
    }

    /** The one that this program was started in. */
    public Found host() {
        return host;
    }

    /** All of them: the host's first, then by name. */
    public synchronized List<Found> all() {
        searchProcesses();
        return found.values().stream()
                .sorted(Comparator.<Found>comparingInt(one -> one.inode() == host.inode() ? 0 : 1)
                        .thenComparing(Found::name))
                .toList();
    }

    public synchronized Optional<Found> byInode(long inode) {
        if (!found.containsKey(inode) || isOnlyMounted(inode)) {
            searchProcesses();
        }
        return Optional.ofNullable(found.get(inode));
    }

    /** What could not be looked at. */
    public synchronized List<Recording.Gap> gaps() {
        return List.copyOf(gaps);
    }

    /**
     * The namespaces that one namespace knows by {@code ids}. Asks it for the id of one candidate after the other until all are found.
     *
     * @param socket a socket in the namespace whose ids they are
     */
    public Map<Integer, Long> peers(RouteSocket socket, Set<Integer> ids) {
        Map<Integer, Long> peers = new HashMap<>();
        List<Found> tried = List.copyOf(known());
        ask(socket, ids, tried, peers);
        if (!peers.keySet().containsAll(ids)) {
            var rest = new ArrayList<>(all());
            rest.removeIf(one -> tried.stream().anyMatch(old -> old.inode() == one.inode()));
            ask(socket, ids, rest, peers);
        }
        peers.keySet().retainAll(ids);
        return peers;
    }

    private synchronized Collection<Found> known() {
        return List.copyOf(found.values());
    }

    private static void ask(RouteSocket socket, Set<Integer> ids, List<Found> candidates, Map<Integer, Long> peers) {
        for (Found candidate : candidates) {
            if (peers.keySet().containsAll(ids)) {
                return;
            }
            try (NetworkNamespace namespace = candidate.open()) {
                socket.namespaceId(namespace).ifPresent(id -> peers.put(id, candidate.inode()));
            } catch (KernelException e) {
                // gone meanwhile, or not ours to open: it is not found, which its link says
            }
        }
    }

    private void namedOnes() {
        for (Path folder : FOLDERS) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                var sorted = new ArrayList<Path>();
                files.forEach(sorted::add);
                sorted.sort(Comparator.naturalOrder());
                sorted.forEach(this::addNamed);
            } catch (IOException e) {
                if (Files.exists(folder)) {
                    gaps.add(new Recording.Gap(folder.toString(), String.valueOf(e.getMessage())));
                }
            }
        }
    }

    /** Those that are mounted were in the mount table; the rest may be links to a process's namespace. */
    private void addNamed(Path file) {
        if (paths.contains(file)) {
            return;
        }
        try {
            if (isNamespace(file)) {
                add(new Found(inode(file), "netns:" + file.getFileName(), file, OptionalLong.empty()));
            }
        } catch (IOException | KernelException e) {
            // removed meanwhile
        }
    }

    /** Stale files in the folder are ordinary files, of another file system than namespaces are. */
    private static boolean isNamespace(Path file) throws IOException {
        return Files.getAttribute(file, "unix:dev").equals(Files.getAttribute(OWN, "unix:dev"));
    }

    /** The mount table tells of namespaces that are mounted elsewhere, as Docker does below /run/docker/netns. */
    private void mountedOnes() {
        try {
            for (String line : Files.readAllLines(
                    Path.of("/proc/thread-self/mountinfo"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
                mounted(line).ifPresent(this::add);
            }
        } catch (IOException e) {
            gaps.add(new Recording.Gap("/proc/thread-self/mountinfo", String.valueOf(e.getMessage())));
        }
    }

    /** From a line such as {@code 40 30 0:4 net:[4026532179] /run/docker/netns/x rw - nsfs nsfs rw}. */
    static Optional<Found> mounted(String line) {
        String[] words = line.split(" ");
        if (words.length < 5) {
            return Optional.empty();
        }
        String mountPoint = words[4];
        if (mountPoint.indexOf('\\') >= 0) { // a blank or the like, written in octal: nobody's namespace is called so
            return Optional.empty();
        }
        return inodeIn(words[3]).map(inode -> {
            Path path = Path.of(mountPoint);
            boolean named = FOLDERS.contains(path.getParent());
            String name = "netns:" + (named ? path.getFileName() : path);
            return new Found(inode, name, path, OptionalLong.empty());
        });
    }

    private void searchProcesses() {
        if (searchedProcesses) {
            return;
        }
        searchedProcesses = true;
        int refused = 0;
        for (long pid : processes()) {
            Path path = PROC.resolve(pid + "/ns/net");
            try {
                Optional<Long> inode = inodeIn(Files.readSymbolicLink(path).toString());
                inode.ifPresent(number -> add(new Found(number, "pid:" + pid, path, OptionalLong.of(pid))));
            } catch (java.nio.file.AccessDeniedException e) {
                refused++;
            } catch (IOException e) {
                // ended meanwhile, or a zombie, which has no namespace any more
            }
        }
        if (refused > 0) {
            gaps.add(new Recording.Gap(
                    "/proc/PID/ns/net",
                    "the namespaces of " + refused + " processes may not be looked at (CAP_SYS_PTRACE)"));
        }
    }

    /** Their numbers, ascending: the lowest process of a namespace names it. */
    private List<Long> processes() {
        var pids = new ArrayList<Long>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            entries.forEach(entry -> pids.add(Long.parseLong(entry.getFileName().toString())));
        } catch (IOException | NumberFormatException e) {
            gaps.add(new Recording.Gap("/proc", String.valueOf(e.getMessage())));
        }
        pids.sort(Comparator.naturalOrder());
        return pids;
    }

    private boolean isOnlyMounted(long inode) {
        Found one = found.get(inode);
        return one != null && one.name().startsWith("netns:/");
    }

    /** Keeps the better name: the host's, one that is known, a named one, a process, a path. */
    private void add(Found candidate) {
        String better = known.get(candidate.inode());
        Found named =
                better == null ? candidate : new Found(candidate.inode(), better, candidate.path(), candidate.pid());
        found.merge(candidate.inode(), named, Namespaces::better);
        paths.add(candidate.path());
    }

    /** The path that was found first stays: a mount outlives a process. */
    private static Found better(Found old, Found next) {
        OptionalLong pid = old.pid().isPresent() ? old.pid() : next.pid();
        if (old.name().equals("host")) {
            return old;
        }
        int ranks = Integer.compare(rank(next), rank(old));
        boolean renamed =
                ranks < 0 || ranks == 0 && next.pid().isEmpty() && next.name().compareTo(old.name()) < 0;
        boolean moved = renamed && next.pid().isEmpty();
        return new Found(old.inode(), renamed ? next.name() : old.name(), moved ? next.path() : old.path(), pid);
    }

    /** A name before a process before a path; names that were given at the start before all. */
    private static int rank(Found one) {
        return one.name().startsWith("netns:/") ? 2 : one.name().startsWith("pid:") ? 1 : 0;
    }

    private static Optional<Long> inodeIn(String link) {
        if (!link.startsWith("net:[") || !link.endsWith("]")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(link.substring(5, link.length() - 1)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static long inode(Path path) {
        return NetworkNamespace.inodeOf(path);
    }
}
