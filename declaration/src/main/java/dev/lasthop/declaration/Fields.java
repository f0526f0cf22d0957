package dev.lasthop.declaration;

import dev.lasthop.json.JsonBoolean;
import dev.lasthop.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The members of a mapping, each asked for by name and turned into what it is to be; what nobody asked for is an error. */
final class Fields {
    private final String file;
    private final String where;
    private final Node.Mapping mapping;
    private final Set<String> asked = new HashSet<>();

    private Fields(String file, String where, Node.Mapping mapping) {
        this.file = file;
        this.where = where;
        this.mapping = mapping;
    }

    static Fields of(String file, String where, Node node) {
        return switch (node) {
            case Node.Mapping mapping -> new Fields(file, where, mapping);
            case Node.Text text
            when text.plain() && (text.value().isEmpty() || text.value().equals("null")) ->
                new Fields(file, where, new Node.Mapping(new java.util.LinkedHashMap<>(), text.line()));
            default -> throw new DeclarationException(file, node.line(), where, "must be a mapping of keys to values");
        };
    }

    int line() {
        return mapping.line();
    }

    String where() {
        return where;
    }

    /** Each key of this mapping with its value as a mapping. */
    Map<String, Fields> all() {
        var all = new java.util.LinkedHashMap<String, Fields>();
        mapping.entries().forEach((name, entry) -> {
            asked.add(name);
            all.put(name, of(file, path(name), at(entry)));
        });
        return all;
    }

    Fields fields(String name) {
        return entry(name)
                .map(entry -> of(file, path(name), at(entry)))
                .orElseGet(
                        () -> new Fields(file, path(name), new Node.Mapping(new java.util.LinkedHashMap<>(), line())));
    }

    <T> Optional<T> find(String name, Function<String, T> reader) {
        return entry(name).map(entry -> read(entry.value(), entry.line(), path(name), reader));
    }

    /** A list, or one item alone. */
    <T> List<T> list(String name, Function<String, T> reader) {
        Optional<Node.Entry> entry = entry(name);
        if (entry.isEmpty()) {
            return List.of();
        }
        if (!(entry.get().value() instanceof Node.Listing listing)) {
            return List.of(read(entry.get().value(), entry.get().line(), path(name), reader));
        }
        List<T> items = new ArrayList<>();
        listing.items().forEach(item -> items.add(read(item, item.line(), path(name), reader)));
        return items;
    }

    /** Texts by name; the names checked too. */
    SortedMap<String, String> texts(String name, Function<String, String> key, Function<String, String> value) {
        var all = new TreeMap<String, String>();
        Fields inner = fields(name);
        inner.mapping.entries().forEach((inside, entry) -> {
            String where = inner.path(inside);
            all.put(
                    attempt(entry.line(), where, () -> key.apply(inside)),
                    read(entry.value(), entry.line(), where, value));
        });
        return all;
    }

    boolean flag(String name, boolean otherwise) {
        return find(name, Fields::flag).orElse(otherwise);
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false, not " + text);
        };
    }

    static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number, not " + text, e);
        }
    }

    /** What nobody has asked for so far, as JSON: a driver's own options. */
    JsonObject rest() {
        JsonObject.Builder json = JsonObject.builder();
        mapping.entries().forEach((name, entry) -> {
            if (asked.add(name)) {
                json(json, name, entry.value());
            }
        });
        return json.build();
    }

    private void json(JsonObject.Builder json, String name, Node node) {
        switch (node) {
            case Node.Text text
            when text.plain() && text.value().matches("true|false") ->
                json.put(name, new JsonBoolean(text.value().equals("true")));
            case Node.Text text
            when text.plain() && text.value().matches("-?[0-9]{1,18}") -> json.put(name, Long.parseLong(text.value()));
            case Node.Text text -> json.put(name, text.value());
            case Node.Listing listing ->
                json.putStrings(
                        name,
                        listing.items().stream()
                                .map(item -> read(item, item.line(), path(name), text -> text))
                                .toList());
            case Node.Mapping _ ->
                throw new DeclarationException(file, node.line(), path(name), "must be a value or a list of values");
        }
    }

    /** Refuses what nobody asked for. */
    void close(String known) {
        mapping.entries().forEach((name, entry) -> {
            if (!asked.contains(name)) {
                throw new DeclarationException(
                        file, entry.line(), path(name), "there is no such key; there are: " + known);
            }
        });
    }

    /** Made of what a key says, and wrong there if it cannot be. */
    <T> T made(String name, java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException | dev.lasthop.wiring.WiringException e) {
            throw wrong(name, String.valueOf(e.getMessage()));
        }
    }

    DeclarationException wrong(String reason) {
        return new DeclarationException(file, line(), where, reason);
    }

    DeclarationException wrong(String name, String reason) {
        int line = Optional.ofNullable(mapping.entries().get(name))
                .map(Node.Entry::line)
                .orElse(line());
        return new DeclarationException(file, line, path(name), reason);
    }

    private Optional<Node.Entry> entry(String name) {
        asked.add(name);
        return Optional.ofNullable(mapping.entries().get(name));
    }

    /** A mapping's line is its first key's; what is empty is where its own key is. */
    private static Node at(Node.Entry entry) {
        return switch (entry.value()) {
            case Node.Mapping mapping -> new Node.Mapping(mapping.entries(), entry.line());
            case Node.Text text -> new Node.Text(text.value(), text.plain(), entry.line());
            case Node.Listing listing -> new Node.Listing(listing.items(), entry.line());
        };
    }

    private <T> T read(Node node, int line, String where, Function<String, T> reader) {
        if (!(node instanceof Node.Text text)) {
            throw new DeclarationException(file, line, where, "must be a single value");
        }
        return attempt(line, where, () -> reader.apply(text.value()));
    }

    private <T> T attempt(int line, String where, java.util.function.Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException | dev.lasthop.wiring.WiringException e) {
            throw new DeclarationException(file, line, where, String.valueOf(e.getMessage()));
        }
    }

    private String path(String name) {
        return where.isEmpty() ? name : where + "." + name;
    }
}
