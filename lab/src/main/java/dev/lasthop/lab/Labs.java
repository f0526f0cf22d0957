package dev.lasthop.lab;

import dev.lasthop.linux.NamedNamespaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The labs of this machine. What is remembered of them is in {@code /run/lasthop/labs}, a file each, so it ends with the machine's run. */
public final class Labs {
    private final LabFiles files;
    private final List<Lab> own = new ArrayList<>();
    private boolean ended;

    private Labs(Path folder) {
        this.files = new LabFiles(folder);
    }

    /** Those whose state is in {@code RUN/labs}. */
    public static Labs in(Path run) {
        return new Labs(run.resolve("labs"));
    }

    /** Those below {@code LASTHOP_RUN}, or {@code /run/lasthop} if the environment does not name another folder. */
    public static Labs ofEnvironment(Map<String, String> environment) {
        String run = environment.getOrDefault("LASTHOP_RUN", "");
        return in(Path.of(run.isEmpty() ? "/run/lasthop" : run));
    }

    /**
     * A lab as the list shows it.
     *
     * @param owner the process that it ends with
     * @param abandoned that process is gone: {@link #collect} removes it
     */
    public record Entry(
            String name,
            LabNetwork network,
            Optional<String> fault,
            Optional<Long> owner,
            boolean abandoned,
            List<String> namespaces) {}

    /**
     * Builds a network that stays until it is taken down; all of it or nothing.
     *
     * @throws LabException if the name or one of its namespaces' is taken
     */
    public Lab up(LabNetwork network, String name) {
        return built(claim(LabState.of(name, network, Optional.empty())));
    }

    /** Builds a network that belongs to this process: close it; if the process is killed, {@link #collect} removes it. */
    public Lab borrow(LabNetwork network, String name) {
        return built(plan(network, name));
    }

    /** Takes the name for a network of this process, to be built chapter by chapter. Nothing is there yet. */
    public Lab plan(LabNetwork network, String name) {
        return claim(LabState.of(name, network, Optional.of(Owner.self())));
    }

    /** @throws LabException if its file cannot be read */
    public Optional<Lab> find(String name) {
        return files.read(name).map(state -> Lab.standing(files, state));
    }

    /** All there are, by name. One whose file cannot be read is left out. */
    public List<Entry> list() {
        return files.names().stream()
                .flatMap(name -> readable(name).stream())
                .map(state -> new Entry(
                        state.name(),
                        state.network(),
                        state.fault(),
                        state.owner().map(Owner::pid),
                        state.isAbandoned(),
                        new Cast(state.name(), state.network()).namespaces()))
                .toList();
    }

    /** The names that something is remembered of, readable or not. */
    public List<String> names() {
        return files.names();
    }

    /** Removes a lab, also one whose file cannot be read. False if there is none. */
    public boolean down(String name) {
        if (!files.names().contains(name)) {
            return false;
        }
        Optional<LabState> state = readable(name);
        if (state.isPresent()) {
            Lab.standing(files, state.get()).remove();
        } else {
            // its name says what its namespaces are called; siblings has all that any network has
            Lab.standing(files, LabState.of(name, LabNetwork.SIBLINGS, Optional.empty()))
                    .remove();
        }
        return true;
    }

    /** Removes the labs whose process was killed. Gives their names. */
    public List<String> collect() {
        var removed = new ArrayList<String>();
        for (String name : files.names()) {
            if (readable(name).filter(LabState::isAbandoned).isPresent() && down(name)) {
                removed.add(name);
            }
        }
        return removed;
    }

    /**
     * Removes what this object built for this process, wherever its building stands, and builds nothing more. For when the process is
     * told to end.
     */
    public synchronized void end() {
        ended = true;
        own.forEach(Lab::remove);
    }

    private synchronized Lab claim(LabState state) {
        String what = "cannot build the lab " + state.name();
        if (ended) {
            throw new LabException(what, "this process is about to end", "");
        }
        if (files.names().contains(state.name())) {
            throw taken(what, state.name());
        }
        List<String> there = NamedNamespaces.names();
        for (String namespace : new Cast(state.name(), state.network()).namespaces()) {
            if (there.contains(namespace)) {
                throw new LabException(
                        what,
                        "there is a network namespace " + namespace + " already, and it is not the lab's",
                        "choose another name with --name");
            }
        }
        if (!files.create(state)) {
            throw taken(what, state.name());
        }
        Lab lab = Lab.planned(files, state);
        if (state.owner().isPresent()) {
            own.add(lab);
        }
        return lab;
    }

    private static LabException taken(String what, String name) {
        return new LabException(
                what,
                "there is a lab of that name",
                "take it down (lasthop lab down " + name + ") or choose another --name");
    }

    private static Lab built(Lab lab) {
        try {
            lab.build();
            return lab;
        } catch (RuntimeException e) {
            lab.remove();
            throw e;
        }
    }

    private Optional<LabState> readable(String name) {
        try {
            return files.read(name);
        } catch (LabException e) {
            return Optional.empty();
        }
    }
}
