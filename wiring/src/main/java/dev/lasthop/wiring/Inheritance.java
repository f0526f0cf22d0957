package dev.lasthop.wiring;

import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.Step;
import dev.lasthop.wiring.step.SysctlStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a leaving endpoint had found in its namespace and changed: it is set back with the last endpoint that rests on it. So where others are
 * connected from the same namespace, one of them takes over what they still need, and the rest is set back now.
 *
 * @param others the other endpoints of the same namespace
 */
record Inheritance(Endpoint leaving, List<Endpoint> others) {
    /** What is set back now. */
    List<Step> now() {
        return leaving.undo().stream().filter(step -> heir(step).isEmpty()).toList();
    }

    /** Those of the others that take something over, as they are to be on record. */
    List<Endpoint> heirs() {
        List<Endpoint> heirs = new ArrayList<>();
        for (Endpoint other : others) {
            List<Step> inherited = leaving.undo().stream()
                    .filter(step -> heir(step).filter(other::equals).isPresent())
                    .toList();
            if (!inherited.isEmpty()) {
                List<Step> undo = new ArrayList<>(inherited);
                other.undo().stream()
                        .filter(step -> inherited.stream().noneMatch(one -> isOfSameKey(one, step)))
                        .filter(step -> !inherited.contains(step))
                        .forEach(undo::add);
                heirs.add(other.withUndo(undo));
            }
        }
        return heirs;
    }

    private Optional<Endpoint> heir(Step step) {
        return switch (step) {
            case RouteStep _ -> Optional.empty();
            case SysctlStep sysctl -> heirOf(sysctl);
            default -> others.stream().findFirst();
        };
    }

    /** Who set it to a value of its own after the leaving one: what was there before is that one's to set back. */
    private Optional<Endpoint> heirOf(SysctlStep sysctl) {
        Map<String, String> its = values(leaving);
        if (its.containsKey(sysctl.key())) {
            return later(sysctl.key());
        }
        // a switch that sets others along
        return its.keySet().stream().flatMap(key -> later(key).stream()).findFirst();
    }

    private Optional<Endpoint> later(String key) {
        String its = values(leaving).get(key);
        Predicate<Step> backToIts = step -> step instanceof SysctlStep sysctl
                && sysctl.key().equals(key)
                && sysctl.value().equals(its);
        return others.stream()
                .filter(other -> values(other).containsKey(key))
                .filter(other -> Objects.equals(values(other).get(key), its)
                        || other.undo().stream().anyMatch(backToIts))
                .findFirst();
    }

    private static Map<String, String> values(Endpoint endpoint) {
        return KernelParameters.of(endpoint.settings()).values();
    }

    private static boolean isOfSameKey(Step a, Step b) {
        return a instanceof SysctlStep one && Tuning.isOf(b, one.key());
    }
}
