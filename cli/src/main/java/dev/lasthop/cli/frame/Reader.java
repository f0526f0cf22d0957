package dev.lasthop.cli.frame;

/** Text from the command line to a value. */
@FunctionalInterface
public interface Reader<T> {
    /** @throws IllegalArgumentException if the text is no such value; the message says what is wrong with it */
    T read(String text);

    /** Any text but the empty one. */
    static Reader<String> text() {
        return text -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("it is empty");
            }
            return text;
        };
    }

    /** A whole number from {@code least} to {@code most}. */
    static Reader<Integer> integer(int least, int most) {
        return text -> {
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below, as for a number out of range
            }
            throw new IllegalArgumentException("it must be a whole number from " + least + " to " + most);
        };
    }

    /** One of the enum's constants, written in lower case with hyphens. */
    static <E extends Enum<E>> Reader<E> choice(Class<E> type) {
        return text -> {
            var names = new StringBuilder();
            for (E constant : type.getEnumConstants()) {
                String name = word(constant);
                if (name.equals(text)) {
                    return constant;
                }
                names.append(names.isEmpty() ? "" : ", ").append(name);
            }
            throw new IllegalArgumentException("it must be one of " + names);
        };
    }

    /** A constant's name as it is typed: {@code NOT_SENT} is {@code not-sent}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
