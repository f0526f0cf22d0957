package dev.lasthop.netlink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A message's attributes, in the order in which they stand in it. */
public record Attributes(List<Attribute> all) {
    public static final Attributes NONE = new Attributes(List.of());

    public Attributes {
        all = List.copyOf(all);
    }

    public static Attributes of(Attribute... attributes) {
        return new Attributes(List.of(attributes));
    }

    /** The value under {@code key}, if the message has it. Of several, the last one counts. */
    public <T> Optional<T> get(Key<T> key) {
        for (Attribute attribute : all.reversed()) {
            if (attribute.type() == key.type()) {
                return Optional.of(key.in(attribute));
            }
        }
        return Optional.empty();
    }

    /** All values under {@code key}, in order: for lists whose elements bear one type. */
    public <T> List<T> each(Key<T> key) {
        return all.stream()
                .filter(attribute -> attribute.type() == key.type())
                .map(key::in)
                .toList();
    }

    public boolean has(Key<?> key) {
        return all.stream().anyMatch(attribute -> attribute.type() == key.type());
    }

    /** These and one more at the end. */
    public Attributes with(Attribute more) {
        var longer = new ArrayList<>(all);
        longer.add(more);
        return new Attributes(longer);
    }

    public Bytes encode() {
        return Bytes.write(all.stream().mapToInt(Attribute::size).sum(), out -> all.forEach(a -> a.encode(out)));
    }

    /** All attributes up to the end of {@code in}. */
    public static Attributes decode(ByteBuffer in) {
        var all = new ArrayList<Attribute>();
        while (in.hasRemaining()) {
            all.add(Attribute.decode(in));
        }
        return new Attributes(all);
    }
}
