package dev.lasthop.cli.frame;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/** One command line, read: what was given for each option and argument, and where the results go. */
public final class Invocation {
    private final IdentityHashMap<Object, List<Object>> given;
    private final Output output;

    Invocation(IdentityHashMap<Object, List<Object>> given, Output output) {
        this.given = given;
        this.output = output;
    }

    public boolean has(Option<?> option) {
        return given.containsKey(option);
    }

    /** The value of an option, if it was given. */
    public <T> Optional<T> find(Option<T> option) {
        return all(option).stream().findFirst();
    }

    /** Every value of a repeated option, in the order typed. */
    public <T> List<T> all(Option<T> option) {
        return values(option);
    }

    /** An argument that must be given. */
    public <T> T argument(Argument<T> argument) {
        return all(argument).getFirst();
    }

    public <T> Optional<T> find(Argument<T> argument) {
        return all(argument).stream().findFirst();
    }

    /** Every value of an argument that may stand more than once. */
    public <T> List<T> all(Argument<T> argument) {
        return values(argument);
    }

    public Output output() {
        return output;
    }

    @SuppressWarnings("unchecked") // the parser puts under a key only what the key's own reader gave
    private <T> List<T> values(Object key) {
        return (List<T>) given.getOrDefault(key, List.of());
    }
}
