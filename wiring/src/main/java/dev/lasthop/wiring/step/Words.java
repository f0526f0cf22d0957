package dev.lasthop.wiring.step;

import java.util.Optional;
import java.util.OptionalInt;

/** Command lines, put together word by word. */
final class Words {
    private final StringBuilder text = new StringBuilder();

    private Words(String first) {
        text.append(first);
    }

    static Words of(String first) {
        return new Words(first);
    }

    /** Adds a word, in quotes if a shell would take it for more than one. */
    Words add(Object word) {
        text.append(' ').append(quote(word.toString()));
        return this;
    }

    /** Adds a name and its value. */
    Words add(String name, Object value) {
        return add(name).add(value);
    }

    Words addIf(boolean wanted, String word) {
        return wanted ? add(word) : this;
    }

    Words addIf(String name, Optional<?> value) {
        return value.isPresent() ? add(name, value.get()) : this;
    }

    Words addIf(String name, OptionalInt value) {
        return value.isPresent() ? add(name, value.getAsInt()) : this;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    static String quote(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
