package dev.lasthop.cli.frame;

/**
 * An option that a command takes. The value is the key to what was given: {@code invocation.find(SIZE)}.
 *
 * @param name the long form, without the hyphens
 * @param letter the short form, 0 for none
 * @param placeholder stands for the value in the help; empty for a flag
 * @param summary one line for the help
 * @param repeatable may be given more than once
 * @param inherited is every command's: listed apart in the help
 */
public record Option<T>(
        String name,
        char letter,
        String placeholder,
        String summary,
        Reader<T> reader,
        boolean repeatable,
        boolean inherited) {

    /** An option without a value: given or not. */
    public static Option<Boolean> flag(String name, String summary) {
        return new Option<>(name, '\0', "", summary, _ -> true, false, false);
    }

    public static <T> Option<T> value(String name, String placeholder, String summary, Reader<T> reader) {
        return new Option<>(name, '\0', placeholder, summary, reader, false, false);
    }

    /** The same with a short form. */
    public Option<T> letter(char shortForm) {
        return new Option<>(name, shortForm, placeholder, summary, reader, repeatable, inherited);
    }

    /** The same, to be given any number of times. */
    public Option<T> repeated() {
        return new Option<>(name, letter, placeholder, summary, reader, true, inherited);
    }

    Option<T> ofEveryCommand() {
        return new Option<>(name, letter, placeholder, summary, reader, repeatable, true);
    }

    boolean isFlag() {
        return placeholder.isEmpty();
    }
}
