package dev.lasthop.wiring.step;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Steps in the order in which they are to be made.
 *
 * @param title what they are for: {@code connect netns:blue to web}
 */
public record Plan(String title, List<Step> steps) {
    public Plan {
        steps = List.copyOf(steps);
    }

    public static Plan of(String title, Step... steps) {
        return new Plan(title, List.of(steps));
    }

    /** This plan, then more. */
    public Plan then(Step... more) {
        return new Plan(title, Stream.concat(steps.stream(), Stream.of(more)).toList());
    }

    /** The lines that an administrator would type. */
    public List<String> commands() {
        return steps.stream().flatMap(step -> step.commands().stream()).toList();
    }

    /** Makes the steps without a journal: for namespaces that nobody will miss. */
    public Applied apply(Places places) {
        return apply(places, Journal.NONE);
    }

    /**
     * Makes the steps. Before each, what would take back all that has been done, and this step too, is in the journal; what goes with a
     * link that is new is taken back by the link's deletion. If one is refused, those before it are undone, the last one first, whatever
     * else goes wrong on the way.
     *
     * @throws PlanException which step was refused and why, and what could not be undone
     */
    public Applied apply(Places places, Journal journal) {
        var done = new ArrayList<Applied.Done>();
        var recorded = new ArrayList<Step>();
        var links = new NewLinks();
        Journal.Entry entry = journal.open(title);
        for (Step step : steps) {
            try {
                List<Step> undo = step.undo(places);
                List<Step> needed = links.without(undo);
                if (!needed.isEmpty() || done.isEmpty()) {
                    recorded.addAll(0, needed);
                    entry.record(List.copyOf(recorded));
                }
                step.apply(places);
                links.made(step);
                done.add(new Applied.Done(step, undo));
            } catch (RuntimeException e) {
                throw failed(places, entry, new Applied(title, done, entry), step, e);
            }
        }
        return new Applied(title, done, entry);
    }

    private PlanException failed(Places places, Journal.Entry entry, Applied done, Step step, RuntimeException cause) {
        List<RuntimeException> left = Undo.all(done.undo(), places);
        if (left.isEmpty()) {
            entry.close();
        }
        return new PlanException(title, step, cause, left);
    }
}
