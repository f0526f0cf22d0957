package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Changes of the routing policy ({@code ip rule}). */
public sealed interface RuleStep extends Step {
    Selector rule();

    /** What to do with the packets selected. {@code FR_ACT_*}, include/uapi/linux/fib_rules.h. */
    enum Action {
        LOOKUP(1),
        BLACKHOLE(6),
        UNREACHABLE(7),
        PROHIBIT(8);

        private final int number;

        Action(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /**
     * A rule.
     *
     * @param priority the smaller, the earlier; empty for the kernel's choice
     * @param mark the firewall mark; all of its bits count unless {@code mask} is given
     * @param table for {@link Action#LOOKUP}
     */
    record Selector(
            Family family,
            OptionalLong priority,
            Optional<Prefix> from,
            Optional<Prefix> to,
            Optional<String> inputLink,
            Optional<String> outputLink,
            OptionalInt mark,
            OptionalInt mask,
            Action action,
            int table) {
        /** A rule for all packets. */
        public static Selector lookup(Family family, long priority, int table) {
            return new Selector(
                    family,
                    OptionalLong.of(priority),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Action.LOOKUP,
                    table);
        }

        public Selector from(Prefix prefix) {
            return new Selector(
                    family, priority, Optional.of(prefix), to, inputLink, outputLink, mark, mask, action, table);
        }

        public Selector to(Prefix prefix) {
            return new Selector(
                    family, priority, from, Optional.of(prefix), inputLink, outputLink, mark, mask, action, table);
        }

        public Selector in(String link) {
            return new Selector(family, priority, from, to, Optional.of(link), outputLink, mark, mask, action, table);
        }

        public Selector out(String link) {
            return new Selector(family, priority, from, to, inputLink, Optional.of(link), mark, mask, action, table);
        }

        public Selector mark(int value) {
            return new Selector(
                    family, priority, from, to, inputLink, outputLink, OptionalInt.of(value), mask, action, table);
        }

        public Selector action(Action newAction) {
            return new Selector(family, priority, from, to, inputLink, outputLink, mark, mask, newAction, table);
        }

        /** The rule as {@code ip rule} takes it: {@code from 10.0.0.0/8 priority 100 lookup 7}. */
        @Override
        public String toString() {
            Words words =
                    Words.of("from").add(from.<Object>map(prefix -> prefix).orElse("all"));
            words.addIf("to", to).addIf("iif", inputLink).addIf("oif", outputLink);
            if (mark.isPresent()) {
                words.add("fwmark", "0x" + Integer.toHexString(mark.getAsInt()) + maskText());
            }
            if (priority.isPresent()) {
                words.add("priority", priority.getAsLong());
            }
            return action == Action.LOOKUP
                    ? words.add("lookup", table).toString()
                    : words.add(action.name().toLowerCase(Locale.ROOT)).toString();
        }

        private String maskText() {
            return mask.isPresent() ? "/0x" + Integer.toHexString(mask.getAsInt()) : "";
        }
    }

    /** Adds a rule; fails if there is one like it. */
    record Add(Place place, Selector rule) implements RuleStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip(line(rule, "add")));
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of(new Delete(place, rule));
        }

        @Override
        public void apply(Places places) {
            Routes.addRule(places, this);
        }
    }

    /** Deletes the first rule that has all that this says. */
    record Delete(Place place, Selector rule) implements RuleStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip(line(rule, "del")));
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of(new Add(place, rule));
        }

        @Override
        public void apply(Places places) {
            Routes.deleteRule(places, this);
        }
    }

    private static String line(Selector rule, String verb) {
        return (rule.family() == Family.IPV6 ? "-6 " : "") + "rule " + verb + " " + rule;
    }
}
