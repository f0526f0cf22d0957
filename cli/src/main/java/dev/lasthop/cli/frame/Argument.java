package dev.lasthop.cli.frame;

/**
 * A positional argument: a name for usage and help, how often it may stand there, and how it is read.
 *
 * @param least how often it must be given
 * @param most how often it may be given; only the last of a command's arguments may have {@code most > least}
 */
public record Argument<T>(String name, String summary, Reader<T> reader, int least, int most) {
    public static <T> Argument<T> one(String name, String summary, Reader<T> reader) {
        return new Argument<>(name, summary, reader, 1, 1);
    }

    public static <T> Argument<T> optional(String name, String summary, Reader<T> reader) {
        return new Argument<>(name, summary, reader, 0, 1);
    }

    public static <T> Argument<T> oneOrMore(String name, String summary, Reader<T> reader) {
        return new Argument<>(name, summary, reader, 1, Integer.MAX_VALUE);
    }

    public static <T> Argument<T> any(String name, String summary, Reader<T> reader) {
        return new Argument<>(name, summary, reader, 0, Integer.MAX_VALUE);
    }

    String usage() {
        String word = most > 1 ? name + "…" : name;
        return least == 0 ? "[" + word + "]" : word;
    }
}
