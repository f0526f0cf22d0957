package dev.lasthop.declaration;

import java.util.List;
import java.util.SequencedMap;

/** A piece of a file: YAML, of which JSON is a part. What a text means (a number, an address) says whoever reads it. */
sealed interface Node {
    /** From 1. */
    int line();

    /**
     * @param plain without quotes: {@code true} may mean more than its letters
     */
    record Text(String value, boolean plain, int line) implements Node {}

    record Listing(List<Node> items, int line) implements Node {}

    record Mapping(SequencedMap<String, Entry> entries, int line) implements Node {}

    /** @param line the key's */
    record Entry(Node value, int line) {}
}
