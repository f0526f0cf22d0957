package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A port of the host, or several in a row.
 *
 * @param address the host's address that it is for; empty for all
 * @param first the port, or the first of several
 * @param last the same as the first, or the last of several
 */
public record HostPort(Optional<IpAddress> address, int first, int last, Protocol protocol)
        implements Comparable<HostPort> {
    /** {@code [HOST_IP:]PORT[-END]}, as far as it goes before a protocol. */
    static final String FORM = "(?:(.+):)?([0-9]{1,5})(?:-([0-9]{1,5}))?";

    private static final Pattern WHOLE = Pattern.compile(FORM + "(?:/([a-z]+))?");
    private static final int MOST = 65535;

    public HostPort {
        if (first < 1 || first > MOST || last < 1 || last > MOST) {
            throw WiringException.wrong("a port is a number from 1 to 65535: " + text(first, last));
        }
        if (last < first) {
            throw WiringException.wrong(
                    text(first, last) + " is no range of ports: its end comes before its beginning");
        }
    }

    /**
     * {@code [HOST_IP:]PORT[-END][/PROTOCOL]}; an IPv6 address stands in brackets.
     *
     * @throws WiringException if it is not of that form
     */
    public static HostPort parse(String text) {
        Matcher m = WHOLE.matcher(text);
        if (!m.matches()) {
            throw WiringException.wrong(
                    Names.shown(text) + " is not of the form [HOST_IP:]HOST_PORT[-END][/tcp|udp|sctp]");
        }
        return of(m.group(1), m.group(2), m.group(3), m.group(4));
    }

    static HostPort of(@Nullable String address, String first, @Nullable String last, @Nullable String protocol) {
        return new HostPort(
                address(address).filter(known -> !known.isAny()),
                Integer.parseInt(first),
                Integer.parseInt(last == null ? first : last),
                protocol(protocol));
    }

    private static Optional<IpAddress> address(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        String bare = text.replaceAll("^\\[(.*)]$", "$1");
        Optional<IpAddress> address = IpAddress.tryParse(bare);
        if (address.isEmpty()) {
            throw WiringException.wrong(Names.shown(bare) + " is not an address of the host");
        }
        if (address.get().isMulticast() || address.get().isBroadcast()) {
            throw WiringException.wrong("no host has the address " + address.get() + " for its own");
        }
        if (address.get().family() == Family.IPV6 && address.get().isLoopback()) {
            throw WiringException.wrong(
                    "a port of ::1 cannot lead on: the kernel lets nothing leave the host that is from"
                            + " ::1. Take 127.0.0.1, or an address of an interface");
        }
        return address;
    }

    private static Protocol protocol(@Nullable String name) {
        return switch (name) {
            case null -> Protocol.TCP;
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            case "sctp" -> Protocol.SCTP;
            default ->
                throw WiringException.wrong(Names.shown(name) + " is not a protocol with ports: tcp, udp or sctp");
        };
    }

    /** How many ports it is. */
    public int size() {
        return last - first + 1;
    }

    public boolean isRange() {
        return last > first;
    }

    /** Whether both stand for the same port of the host, for some packet. */
    boolean clashes(HostPort other) {
        return first <= other.last
                && other.first <= last
                && protocol.equals(other.protocol)
                && (address.isEmpty() || other.address.isEmpty() || address.equals(other.address));
    }

    /** Whether packets of this protocol to this port are meant, whatever their address. */
    boolean covers(Protocol some, int port) {
        return protocol.equals(some) && port >= first && port <= last;
    }

    /** The numbers: {@code 8080} or {@code 8000-8010}. */
    String numbers() {
        return text(first, last);
    }

    /** What stands before the numbers: empty, or {@code 192.0.2.1:}, or {@code [2001:db8::1]:}. */
    String addressPart() {
        return address.map(known -> (known.toString().contains(":") ? "[" + known + "]" : known) + ":")
                .orElse("");
    }

    private static String text(int from, int to) {
        return from == to ? Integer.toString(from) : from + "-" + to;
    }

    @Override
    public int compareTo(HostPort other) {
        int byPort = Integer.compare(first, other.first);
        int byProtocol = byPort != 0 ? byPort : protocol.compareTo(other.protocol);
        return byProtocol != 0 ? byProtocol : toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return addressPart() + numbers() + "/" + protocol;
    }
}
