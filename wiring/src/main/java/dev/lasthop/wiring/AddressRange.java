package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;

/** Addresses of one family, from the first to the last, both among them. */
public record AddressRange(IpAddress first, IpAddress last) {
    public AddressRange {
        if (first.family() != last.family()) {
            throw new IllegalArgumentException("a range is of one family: " + first + "-" + last);
        }
        if (first.compareTo(last) > 0) {
            throw new IllegalArgumentException("a range begins with its lower address: " + last + "-" + first);
        }
    }

    /**
     * {@code FROM-TO}, one address, or a prefix.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static AddressRange parse(String text) {
        int dash = text.indexOf('-');
        if (dash >= 0) {
            return new AddressRange(
                    IpAddress.parse(text.substring(0, dash)), IpAddress.parse(text.substring(dash + 1)));
        }
        if (text.contains("/")) {
            Prefix prefix = Prefix.parse(text);
            return new AddressRange(prefix.first(), prefix.last());
        }
        return new AddressRange(IpAddress.parse(text), IpAddress.parse(text));
    }

    boolean contains(IpAddress address) {
        return address.family() == first.family() && first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
    }

    boolean isWithin(Prefix prefix) {
        return prefix.contains(first) && prefix.contains(last);
    }

    /** How many addresses there are, but at most {@code most}. */
    long size(long most) {
        IpAddress end = first.plus(most - 1);
        boolean beyond = end.compareTo(last) >= 0
                || end.compareTo(first) < 0; // the latter where there are no more addresses at all
        return beyond ? last.low() - first.low() + 1 : most;
    }

    @Override
    public String toString() {
        return first.equals(last) ? first.toString() : first + "-" + last;
    }
}
