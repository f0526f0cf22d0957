package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attributes being put together. */
final class Fields {
    private final List<Attribute> all = new ArrayList<>();

    <T> Fields put(Key<T> key, T value) {
        all.add(key.to(value));
        return this;
    }

    <T> Fields put(Key<T> key, Optional<T> value) {
        value.ifPresent(v -> put(key, v));
        return this;
    }

    /** Left out where it is 0: registers, flags, ids. */
    Fields nonZero(Key<Integer> key, int value) {
        return value == 0 ? this : put(key, value);
    }

    Fields nonEmpty(Key<String> key, String value) {
        return value.isEmpty() ? this : put(key, value);
    }

    Fields nonEmpty(Key<Attributes> key, Attributes value) {
        return value.all().isEmpty() ? this : put(key, value);
    }

    Attributes done() {
        return new Attributes(all);
    }

    static int number(Attributes attributes, Key<Integer> key) {
        return attributes.get(key).orElse(0);
    }

    static String text(Attributes attributes, Key<String> key) {
        return attributes.get(key).orElse("");
    }
}
