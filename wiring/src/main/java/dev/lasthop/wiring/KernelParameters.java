package dev.lasthop.wiring;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.JsonString;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Kernel parameters of an endpoint's namespace.
 *
 * @param values by name, written with slashes: {@code net/ipv4/conf/eth0/log_martians}
 */
public record KernelParameters(SortedMap<String, String> values) implements Setting {
    static final String KEY = "sysctls";
    static final KernelParameters NONE = new KernelParameters(new TreeMap<>());

    /** Stands for the endpoint's interface in a name that is asked for. */
    static final String INTERFACE = "IFNAME";

    private static final int LONGEST = 1000;

    public KernelParameters {
        values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    static KernelParameters of(Settings settings) {
        return settings.find(KernelParameters.class).orElse(NONE);
    }

    /**
     * A name as it is kept, from one with dots or slashes.
     *
     * @throws IllegalArgumentException if it does not name a parameter below {@code net}
     */
    public static String checkedName(String name) {
        String slashes = name.contains("/") ? name : name.replace('.', '/');
        boolean stays = slashes.matches("net/[A-Za-z0-9_.:@-]+(/[A-Za-z0-9_.:@-]+)*")
                && !("/" + slashes + "/").matches(".*/\\.\\.?/.*")
                && slashes.length() <= LONGEST;
        if (!stays) {
            throw new IllegalArgumentException(
                    Names.shown(name) + " is no parameter of the network, such as net.ipv4.tcp_syncookies");
        }
        return slashes;
    }

    /** @throws IllegalArgumentException if it is not one line of text */
    public static String checkedValue(String value) {
        if (value.isBlank() || value.length() > LONGEST || !value.matches("[\\x20-\\x7e\\t]*")) {
            throw new IllegalArgumentException(
                    "a parameter's value is one line of plain text, not " + Names.shown(value));
        }
        return value;
    }

    /** Whether the kernel, which writes numbers and blanks in its own way, has what was asked for. */
    static boolean isSame(String kernels, String asked) {
        return words(kernels).equals(words(asked));
    }

    private static List<String> words(String value) {
        return Stream.of(value.strip().split("\\s+"))
                .map(word -> word.matches("-?(0[xX][0-9A-Fa-f]{1,15}|[0-9]{1,18})") ? number(word) : word)
                .toList();
    }

    /** As the kernel reads it: 0x10 and 020 are 16. */
    private static String number(String word) {
        try {
            return Long.decode(word).toString();
        } catch (NumberFormatException e) { // 08
            return word;
        }
    }

    /** With the interface's own name in the place of {@link #INTERFACE}. */
    public KernelParameters on(String link) {
        var named = new TreeMap<String, String>();
        values.forEach((name, value) -> named.put(named(name, link), value));
        return new KernelParameters(named);
    }

    static String named(String name, String link) {
        return name.replace("/" + INTERFACE + "/", "/" + link + "/");
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        JsonObject.Builder json = JsonObject.builder();
        values.forEach(json::put);
        return json.build();
    }

    static KernelParameters ofJson(JsonObject json) {
        var values = new TreeMap<String, String>();
        json.members().forEach((name, value) -> {
            if (!(value instanceof JsonString text)) {
                throw new JsonException("the value of " + name + " must be a string");
            }
            values.put(checkedName(name), checkedValue(text.value()));
        });
        return new KernelParameters(values);
    }
}
