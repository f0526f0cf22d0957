package dev.lasthop.topology;

import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.route.RouteSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A snapshot that grows: namespaces are recorded when a question leads there. What was recorded once is not recorded again; for
 * the state after a change make a new atlas.
 */
public final class Atlas {
    private final Namespaces namespaces;
    private final Recorder recorder;
    private final Map<Long, Recording> recordings = new LinkedHashMap<>();
    private final Map<Long, NamespaceState> states = new LinkedHashMap<>();
    private final List<Recording.Gap> gaps = new ArrayList<>();

    public Atlas(Namespaces namespaces, Recorder recorder) {
        this.namespaces = namespaces;
        this.recorder = recorder;
    }

    public Namespaces namespaces() {
        return namespaces;
    }

    /**
     * Records the namespace, if that was not done before.
     *
     * @return its state; empty, with a reason in {@link #gaps}, if it cannot be found or entered
     */
    public synchronized Optional<NamespaceState> load(long inode) {
        NamespaceState known = states.get(inode);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Namespaces.Found> found = namespaces.byInode(inode);
        if (found.isEmpty()) {
            gaps.add(new Recording.Gap("net:[" + inode + "]", "no process and no mount point leads to this namespace"));
            return Optional.empty();
        }
        try (NetworkNamespace namespace = found.get().open()) {
            return Optional.of(load(namespace, found.get().name()));
        } catch (KernelException e) {
            gaps.add(new Recording.Gap(found.get().name(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /**
     * Records a namespace that is open, if that was not done before.
     *
     * @param name how the command line names it
     * @throws KernelException if it cannot be entered
     */
    public synchronized NamespaceState load(NetworkNamespace namespace, String name) {
        NamespaceState known = states.get(namespace.inode());
        if (known != null) {
            return known;
        }
        Recording recording = recorder.record(namespace, name, namespaces::peers);
        NamespaceState state = NamespaceState.decode(recording);
        recordings.put(recording.inode(), recording);
        states.put(state.inode(), state);
        return state;
    }

    /** What was recorded so far. */
    public synchronized Snapshot snapshot() {
        return new Snapshot(List.copyOf(states.values()));
    }

    public synchronized List<Recording> recordings() {
        return List.copyOf(recordings.values());
    }

    /** Namespaces that were wanted and could not be recorded. */
    public synchronized List<Recording.Gap> gaps() {
        return Stream.concat(gaps.stream(), namespaces.gaps().stream()).toList();
    }

    /** One address and the namespace that has it. */
    public record Owner(Namespaces.Found namespace, InterfaceAddress address, String link) {}

    /**
     * Who has an address, in any namespace that can be reached; asks each for its addresses only.
     *
     * @param most how many namespaces are asked at most
     */
    public List<Owner> owners(IpAddress address, int most) {
        return census(most).stream()
                .filter(owner -> owner.address().address().equals(address))
                .toList();
    }

    /** The addresses of all namespaces, of at most {@code most} of them. */
    public List<Owner> census(int most) {
        return namespaces.all().stream().limit(most).flatMap(Atlas::addresses).toList();
    }

    private static Stream<Owner> addresses(Namespaces.Found found) {
        try (NetworkNamespace namespace = found.open();
                RouteSocket socket = RouteSocket.open(namespace)) {
            Map<dev.lasthop.address.IfIndex, String> names = new LinkedHashMap<>();
            socket.links().forEach(link -> names.put(link.index(), link.name()));
            return socket.addresses().stream()
                    .flatMap(message -> RouteSource.address(message).stream())
                    .map(address -> new Owner(found, address, names.getOrDefault(address.link(), "?")));
        } catch (KernelException e) {
            return Stream.empty(); // gone meanwhile, or not ours to enter
        }
    }
}
