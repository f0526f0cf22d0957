package dev.lasthop.bpf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tracepoint writes, from its {@code format} file in tracefs.
 *
 * @param id its number for perf_event_open(2)
 * @param fields by name
 * @param print how the kernel would print it; holds the names of numbers
 */
public record TracepointFormat(int id, Map<String, Field> fields, String print) {
    private static final Pattern ID = Pattern.compile("(?m)^ID: (\\d{1,9})$");
    private static final Pattern FIELD = Pattern.compile(
            "(?m)^\\s*field:([^;\\n]{1,200});\\s*offset:(\\d{1,5});\\s*size:(\\d{1,5});\\s*signed:([01]);");
    private static final Pattern NAME = Pattern.compile("(\\w+)(\\[[^]]*])?$");
    private static final Pattern SYMBOL = Pattern.compile("\\{ ?(\\w{1,18}), ?\"([^\"]{1,64})\" ?}");

    /**
     * A field of the record.
     *
     * @param type as in C
     * @param offset in bytes from the record's beginning
     * @param size in bytes
     */
    public record Field(String type, int offset, int size) {
        /** Whether the field only says where the bytes are: offset in the lower 16 bits, length in the upper. */
        boolean elsewhere() {
            return type.startsWith("__data_loc");
        }
    }

    /** Keeps the order. */
    public TracepointFormat {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Reads a {@code format} file. Empty if that is not one. */
    public static Optional<TracepointFormat> parse(String text) {
        Matcher id = ID.matcher(text);
        if (!id.find()) {
            return Optional.empty();
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        Matcher field = FIELD.matcher(text);
        while (field.find()) {
            Matcher name = NAME.matcher(field.group(1).strip());
            if (name.find()) {
                int offset = Integer.parseInt(field.group(2));
                int size = Integer.parseInt(field.group(3));
                fields.put(name.group(1), new Field(field.group(1).strip(), offset, size));
            }
        }
        int print = text.indexOf("print fmt:");
        return Optional.of(
                new TracepointFormat(Integer.parseInt(id.group(1)), fields, print < 0 ? "" : text.substring(print)));
    }

    /** The names that the kernel prints for numbers. */
    Map<Integer, String> symbols() {
        Map<Integer, String> symbols = new LinkedHashMap<>();
        Matcher symbol = SYMBOL.matcher(print);
        while (symbol.find()) {
            try {
                symbols.putIfAbsent(Integer.decode(symbol.group(1)), symbol.group(2));
            } catch (NumberFormatException _) {
                // an enumerator that the kernel did not resolve: it has no number here
            }
        }
        return symbols;
    }
}
