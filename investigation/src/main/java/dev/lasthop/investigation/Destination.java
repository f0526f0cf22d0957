package dev.lasthop.investigation;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the packets are to reach, as it was written on the command line: {@code ADDRESS}, {@code ADDRESS:PORT}, {@code [IPV6]:PORT}, an
 * endpoint, {@code ENDPOINT:PORT}, or a host name with or without a port.
 */
public sealed interface Destination {
    /** The port, where one was given. */
    OptionalInt port();

    /** An address that needs no looking up. */
    record Address(IpAddress address, OptionalInt port) implements Destination {
        @Override
        public String toString() {
            if (port.isEmpty()) {
                return address.toString();
            }
            return (address.family() == Family.IPV6 ? "[" + address + "]" : address.toString()) + ":" + port.getAsInt();
        }
    }

    /**
     * Something that has to be looked up: an endpoint, or, if there is none of that name and it could be one, a host.
     *
     * @param prefixed whether it says that it is an endpoint: {@code netns:blue}, {@code pid:42}, {@code host}
     */
    record Name(String name, boolean prefixed, OptionalInt port) implements Destination {
        @Override
        public String toString() {
            return port.isEmpty() ? name : name + ":" + port.getAsInt();
        }
    }

    /** @throws IllegalArgumentException with a sentence for the user */
    static Destination parse(String text) {
        if (text.startsWith("[")) {
            return bracketed(text);
        }
        Optional<IpAddress> whole = IpAddress.tryParse(text);
        if (whole.isPresent()) {
            return new Address(whole.get(), OptionalInt.empty());
        }
        int colon = text.lastIndexOf(':');
        boolean kind = colon > 0 && EndpointForms.isKind(text.substring(0, colon)); // pid:80 is a process, not port 80
        if (colon <= 0 || kind || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return name(text, OptionalInt.empty());
        }
        OptionalInt port = OptionalInt.of(port(text.substring(colon + 1), text));
        String place = text.substring(0, colon);
        Optional<IpAddress> address = IpAddress.tryParse(place);
        return address.isPresent() ? new Address(address.get(), port) : name(place, port);
    }

    private static Destination bracketed(String text) {
        int end = text.indexOf(']');
        Optional<IpAddress> address = end < 0 ? Optional.empty() : IpAddress.tryParse(text.substring(1, end));
        if (address.isEmpty() || address.get().family() != Family.IPV6) {
            throw new IllegalArgumentException("not an IPv6 address in brackets, such as [fd00::2]:80: " + text);
        }
        String rest = text.substring(end + 1);
        if (rest.isEmpty()) {
            return new Address(address.get(), OptionalInt.empty());
        }
        if (!rest.matches(":[0-9]{1,5}")) {
            throw new IllegalArgumentException("after the bracket only :PORT may stand: " + text);
        }
        return new Address(address.get(), OptionalInt.of(port(rest.substring(1), text)));
    }

    private static Destination name(String name, OptionalInt port) {
        if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c == 127)) {
            throw new IllegalArgumentException("not an address, an endpoint or a host name: '" + name + "'");
        }
        return new Name(name, EndpointForms.isPrefixed(name), port);
    }

    private static int port(String digits, String text) {
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port is 1 to 65535: " + text);
        }
        return port;
    }
}
