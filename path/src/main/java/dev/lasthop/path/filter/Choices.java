package dev.lasthop.path.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * What is assumed where nothing is known. One run through the rules makes a choice at each such place; {@link #next} gives the choices of
 * the next run, until all have been tried.
 */
final class Choices {
    private record Choice(int taken, int options) {}

    private final List<Integer> script;
    private final List<Choice> made = new ArrayList<>();

    Choices() {
        this(List.of());
    }

    private Choices(List<Integer> script) {
        this.script = script;
    }

    /** One of {@code options}, counted from 0. */
    int choose(int options) {
        int taken = made.size() < script.size() ? script.get(made.size()) : 0;
        made.add(new Choice(taken, options));
        return taken;
    }

    boolean yes() {
        return choose(2) == 1;
    }

    int count() {
        return made.size();
    }

    /** Which place is decided differently than in the run before; -1 in the first run. */
    int changed() {
        return script.size() - 1;
    }

    /** The next run's choices, or null when all have been tried. */
    @org.jspecify.annotations.Nullable
    Choices next() {
        int last = made.size() - 1;
        while (last >= 0 && made.get(last).taken() == made.get(last).options() - 1) {
            last--;
        }
        if (last < 0) {
            return null;
        }
        var more = new ArrayList<Integer>();
        for (int i = 0; i < last; i++) {
            more.add(made.get(i).taken());
        }
        more.add(made.get(last).taken() + 1);
        return new Choices(more);
    }
}
