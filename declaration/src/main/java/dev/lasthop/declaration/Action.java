package dev.lasthop.declaration;

import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.WiringException;
import dev.lasthop.wiring.step.PlanException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One change on the way from what is on record to what was declared. It is made as a whole or not at all.
 *
 * @param subject {@code network web}, {@code endpoint blue on web}
 * @param network the network that it is about, or needs
 * @param details what is different, a few words each
 * @param work what makes it
 */
public record Action(Verb verb, String subject, String network, List<String> details, Consumer<Wiring> work) {
    /** What becomes of the subject. */
    public enum Verb {
        ADD("+"),
        CHANGE("~"),
        REMOVE("-");

        private final String sign;

        Verb(String sign) {
            this.sign = sign;
        }
    }

    public Action {
        details = List.copyOf(details);
    }

    /**
     * What became of an action.
     *
     * @param failure why it was not made; empty if it was
     */
    public record Outcome(Action action, Optional<String> failure) {}

    /** Makes the change. */
    Outcome apply(Wiring wiring) {
        try {
            work.accept(wiring);
            return new Outcome(this, Optional.empty());
        } catch (WiringException | PlanException e) {
            return new Outcome(this, Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** A line of the difference: {@code ~ endpoint blue on web: rate-out 10mbit → 20mbit}. */
    @Override
    public String toString() {
        return verb.sign + " " + subject + (details.isEmpty() ? "" : ": " + String.join(", ", details));
    }

    public JsonObject toJson() {
        return JsonObject.builder()
                .put("action", verb.name().toLowerCase(java.util.Locale.ROOT))
                .put("subject", subject)
                .putStrings("details", details)
                .build();
    }
}
