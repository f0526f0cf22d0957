package dev.lasthop.lab;

import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.NamespaceStep;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A network that exists, or is being built. It can be taken down from another thread at any moment, also in the middle of its
 * building: what is under way is finished, what follows is refused, and then it is removed.
 */
public final class Lab implements AutoCloseable {
    /** What the kernel says where --fix, or the fault itself, has left nothing to be taken back. */
    private static final Set<Errno> ALREADY =
            Set.of(Errno.EEXIST, Errno.ENOENT, Errno.ENODEV, Errno.ESRCH, Errno.EADDRNOTAVAIL);

    private final LabFiles files;
    private final LabPlan plan;
    private final List<String> namespaces; // that are there, and ours
    private LabState state;
    private boolean removed;

    private Lab(LabFiles files, LabState state, List<String> namespaces) {
        this.files = files;
        this.plan = LabPlan.of(state.network(), state.name());
        this.state = state;
        this.namespaces = new ArrayList<>(namespaces);
    }

    /** One that has its file, and nothing more yet. */
    static Lab planned(LabFiles files, LabState state) {
        return new Lab(files, state, List.of());
    }

    /** One that was built before. */
    static Lab standing(LabFiles files, LabState state) {
        return new Lab(files, state, new Cast(state.name(), state.network()).namespaces());
    }

    public String name() {
        return plan.scene().name();
    }

    public LabPlan plan() {
        return plan;
    }

    public LabScene scene() {
        return plan.scene();
    }

    /** The fault that is in it now. */
    public synchronized Optional<String> fault() {
        return state.fault();
    }

    /** Builds all of it. */
    public void build() {
        apply(plan.steps());
    }

    /** Builds one chapter of its plan; the ones before must be there. */
    public void build(Chapter chapter) {
        apply(chapter.steps());
    }

    /**
     * Runs the service of this network in this process, as the fault that is in it now (or the one named) has it: on every address,
     * on 127.0.0.1 or IPv6 only, without ever taking a connection, or not at all.
     */
    public Optional<Listener> serve(Optional<String> faultId) {
        String id = faultId.or(this::fault).orElse("");
        return switch (id) {
            case "no-listener" -> Optional.empty();
            case "listener-on-loopback" -> Optional.of(Listener.onLoopback(scene().server(), scene().servicePort()));
            case "listener-other-family" -> Optional.of(Listener.onIpv6(scene().server(), scene().servicePort()));
            case "accept-queue-full" -> Optional.of(Listener.overwhelmed(scene().server(), scene().servicePort()));
            default -> Optional.of(Listener.everywhere(scene().server(), scene().servicePort()));
        };
    }

    /**
     * Puts a fault in.
     *
     * @return how, and what shows it
     * @throws LabException if there is one already, or this fault cannot be made in this network
     */
    public Injection inject(Fault fault) {
        Injection injection = injection(fault);
        inject(fault.id(), injection.steps().apply(scene()));
        return injection;
    }

    /** Breaks it by these steps, which {@link #mend} takes back. */
    public synchronized void inject(String id, List<Step> steps) {
        if (state.fault().isPresent()) {
            throw new LabException(
                    "cannot put " + id + " into the lab " + name(),
                    "it has " + state.fault().get() + " already",
                    "lasthop lab mend --name " + name());
        }
        requireStanding();
        try (Places places = Places.here()) {
            List<Step> back = new ArrayList<>();
            remember(state.broken(id, back));
            for (Step step : steps) {
                List<Step> undo = step.undo(places);
                back.addAll(0, undo);
                remember(state.broken(id, back)); // before it is done, so that a kill in between can be mended
                step.apply(places);
            }
        } catch (RuntimeException e) {
            mend().forEach(problem -> e.addSuppressed(new IllegalStateException(problem)));
            throw e;
        }
    }

    /**
     * Takes the fault out again.
     *
     * @return what could not be taken back, and why; empty if all is well
     */
    public synchronized List<String> mend() {
        requireStanding();
        var problems = new ArrayList<String>();
        try (Places places = Places.here()) {
            attempt(state.undo(), places, problems);
            if (state.fault().isPresent() && !plan.scene().isMacvlan()) {
                attempt(rewiring(), places, problems);
            }
        }
        remember(state.whole());
        return problems;
    }

    private static void attempt(List<Step> steps, Places places, List<String> problems) {
        for (Step step : steps) {
            try {
                step.apply(places);
            } catch (KernelException e) {
                if (!(places.exists(step.place()) && ALREADY.contains(e.errno()))) {
                    problems.add(step.command() + ": " + e.getMessage());
                }
            }
        }
    }

    /** What an undo cannot bring back (a veth pair whose one end was deleted) is made anew; what is there stays. */
    private List<Step> rewiring() {
        return plan.steps().stream()
                .filter(step -> !(step instanceof NamespaceStep) && !(step instanceof FirewallStep))
                .toList();
    }

    /** The same as {@link #close}: removes the network and what is remembered of it. Twice is harmless. */
    public synchronized void remove() {
        if (!removed) {
            removed = true;
            namespaces.reversed().forEach(NamedNamespaces::delete);
            namespaces.clear();
            files.delete(name());
        }
    }

    @Override
    public void close() {
        remove();
    }

    /** Carries out steps of this lab, one after the other. */
    public void apply(List<Step> steps) {
        try (Places places = Places.here()) {
            for (Step step : steps) {
                apply(step, places);
            }
        }
    }

    private synchronized void apply(Step step, Places places) {
        requireStanding();
        if (step instanceof NamespaceStep.Create create) {
            try {
                create.apply(places);
                namespaces.add(create.name());
            } catch (KernelException e) {
                if (!e.is(Errno.EEXIST)) { // somebody else's must not be removed with ours
                    namespaces.add(create.name());
                }
                throw e;
            }
        } else {
            step.apply(places);
        }
    }

    /**
     * How this fault is made in this network.
     *
     * @throws LabException if it cannot be; says in which network it can
     */
    public Injection injection(Fault fault) {
        List<Injection> all = fault.injections();
        if (all.isEmpty()) {
            throw new LabException(
                    "cannot put " + fault.id() + " into the lab " + name(),
                    "the lab has no way to make this fault in throw-away namespaces",
                    "lasthop faults " + fault.id() + " says how it is recognised");
        }
        return all.stream()
                .filter(injection -> injection.network().equals(scene().network()))
                .findFirst()
                .orElseThrow(() -> new LabException(
                        "cannot put " + fault.id() + " into the lab " + name(),
                        "it is a fault of the network " + all.getFirst().network() + ", and this one is "
                                + scene().network(),
                        "lasthop lab up " + all.getFirst().network() + " --name " + name() + "2"));
    }

    private void remember(LabState next) {
        files.replace(next);
        state = next;
    }

    private void requireStanding() {
        if (removed) {
            throw new LabException("the lab " + name() + " is gone", "it was taken down", "");
        }
    }
}
