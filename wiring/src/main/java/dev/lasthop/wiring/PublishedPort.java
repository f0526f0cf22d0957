package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that leads to an endpoint.
 *
 * @param hostAddress the host's address that it is for; empty for all
 */
public record PublishedPort(Optional<IpAddress> hostAddress, int hostPort, int port, Protocol protocol)
        implements Comparable<PublishedPort> {
    private static final Pattern FORM = Pattern.compile("(?:(.+):)?([0-9]{1,5}):([0-9]{1,5})(?:/([a-z]+))?");

    public PublishedPort {
        if (hostPort < 1 || hostPort > 65535 || port < 1 || port > 65535) {
            throw WiringException.wrong("a port is a number from 1 to 65535: " + hostPort + ":" + port);
        }
    }

    /**
     * {@code [HOST_IP:]HOST:PORT[/PROTOCOL]}; an IPv6 address stands in brackets.
     *
     * @throws WiringException if it is not of that form
     */
    public static PublishedPort parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw WiringException.wrong(
                    Names.shown(text) + " is not of the form [HOST_IP:]HOST_PORT:PORT[/tcp|udp|sctp]");
        }
        Optional<IpAddress> address = Optional.empty();
        if (m.group(1) != null) {
            String bare = m.group(1).replaceAll("^\\[(.*)]$", "$1");
            address = IpAddress.tryParse(bare);
            if (address.isEmpty()) {
                throw WiringException.wrong(Names.shown(bare) + " is not an address of the host");
            }
        }
        return new PublishedPort(
                address.filter(known -> !known.isAny()),
                Integer.parseInt(m.group(2)),
                Integer.parseInt(m.group(3)),
                protocol(m.group(4)));
    }

    static Protocol protocol(@org.jspecify.annotations.Nullable String name) {
        return switch (name) {
            case null -> Protocol.TCP;
            case "tcp" -> Protocol.TCP;
            case "udp" -> Protocol.UDP;
            case "sctp" -> Protocol.SCTP;
            default ->
                throw WiringException.wrong(Names.shown(name) + " is not a protocol with ports: tcp, udp or sctp");
        };
    }

    /** Whether both stand for the same port of the host, for some packet. */
    boolean clashes(PublishedPort other) {
        return hostPort == other.hostPort
                && protocol.equals(other.protocol)
                && (hostAddress.isEmpty() || other.hostAddress.isEmpty() || hostAddress.equals(other.hostAddress));
    }

    @Override
    public int compareTo(PublishedPort other) {
        int byPort = Integer.compare(hostPort, other.hostPort);
        int byProtocol = byPort != 0 ? byPort : protocol.compareTo(other.protocol);
        return byProtocol != 0 ? byProtocol : toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        String host = hostAddress
                .map(address -> (address.toString().contains(":") ? "[" + address + "]" : address) + ":")
                .orElse("");
        return host + hostPort + ":" + port + "/" + protocol;
    }
}
