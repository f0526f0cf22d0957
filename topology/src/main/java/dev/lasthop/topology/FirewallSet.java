package dev.lasthop.topology;

import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A set, map or verdict map.
 *
 * @param definition its types and flags
 * @param elements in ascending order of their keys, an interval's end before another one's start
 */
public record FirewallSet(SetMessage definition, List<SetElement> elements) {
    private static final Comparator<SetElement> BY_KEY = Comparator.comparing(
                    (SetElement element) -> element.key().toArray(), Arrays::compareUnsigned)
            .thenComparing(element -> !element.isIntervalEnd());

    public FirewallSet {
        elements = elements.stream().sorted(BY_KEY).toList();
    }

    public String name() {
        return definition.name();
    }

    /** Whether it belongs to one rule and has no name of its own. */
    public boolean isAnonymous() {
        return definition.has(SetMessage.ANONYMOUS);
    }

    public boolean isMap() {
        return definition.has(SetMessage.MAP);
    }

    /** Whether it maps to verdicts. */
    public boolean isVerdictMap() {
        return isMap() && definition.dataType() == SetMessage.VERDICTS;
    }

    /** Whether packets put elements into it, or these run out: what it holds now says little of what it will hold. */
    public boolean isDynamic() {
        return definition.has(SetMessage.DYNAMIC) || definition.has(SetMessage.TIMEOUTS);
    }

    /** The element that holds the key, the one for all other keys included. */
    public Optional<SetElement> find(byte[] key) {
        Optional<SetElement> found =
                definition.has(SetMessage.INTERVAL) && definition.fieldLengths().isEmpty()
                        ? findInterval(key)
                        : elements.stream()
                                .filter(element -> !element.isCatchAll() && holds(element, key))
                                .findFirst();
        return found.or(() -> elements.stream().filter(SetElement::isCatchAll).findFirst());
    }

    /** The data that a map has for the key. */
    public Optional<RuleData> map(byte[] key) {
        return find(key).flatMap(SetElement::data);
    }

    private Optional<SetElement> findInterval(byte[] key) {
        SetElement last = null;
        for (SetElement element : elements) {
            if (element.isCatchAll()) {
                continue;
            }
            if (compare(element.key(), key) > 0) {
                break;
            }
            last = element;
        }
        return Optional.ofNullable(last).filter(element -> !element.isIntervalEnd());
    }

    private boolean holds(SetElement element, byte[] key) {
        Bytes end = element.keyEnd();
        if (end.size() == 0) {
            return compare(element.key(), key) == 0;
        }
        byte[] from = element.key().toArray();
        byte[] to = end.toArray();
        int at = 0;
        for (int length : definition.fieldLengths()) {
            int next = at + length;
            if (length <= 0 || next < at || next > from.length || next > to.length || next > key.length) {
                return false;
            }
            if (Arrays.compareUnsigned(key, at, next, from, at, next) < 0
                    || Arrays.compareUnsigned(key, at, next, to, at, next) > 0) {
                return false;
            }
            at += (length + 3) & ~3;
        }
        return true;
    }

    private static int compare(Bytes element, byte[] key) {
        byte[] bytes = element.toArray();
        int length = Math.min(bytes.length, key.length);
        return Arrays.compareUnsigned(bytes, 0, length, key, 0, length);
    }
}
