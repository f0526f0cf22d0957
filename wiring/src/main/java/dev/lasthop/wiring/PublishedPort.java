package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that leads to an endpoint, or as many in a row.
 *
 * @param port the endpoint's port that the host's leads to, or the first of as many
 * @param allowFrom who may use it from outside the host; empty for everybody
 * @param application what is spoken there, where the kernel has to know it
 */
public record PublishedPort(HostPort host, int port, List<Prefix> allowFrom, Optional<Application> application)
        implements Comparable<PublishedPort> {
    private static final Pattern FORM =
            Pattern.compile(HostPort.FORM + ":([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/([a-z]+))?");

    public PublishedPort {
        if (port < 1 || port + host.size() - 1 > 65535) {
            throw WiringException.wrong("a port is a number from 1 to 65535: " + host.numbers() + ":" + port);
        }
        if (application.isPresent() && !application.get().protocol().equals(host.protocol())) {
            throw WiringException.wrong(application.get() + " is spoken over "
                    + application.get().protocol() + ", and the port is of " + host.protocol());
        }
        allowFrom = reduced(allowFrom);
    }

    /** For everybody, without a helper. */
    public PublishedPort(HostPort host, int port) {
        this(host, port, List.of(), Optional.empty());
    }

    /**
     * {@code [HOST_IP:]HOST[-END]:PORT[/PROTOCOL]}; an IPv6 address stands in brackets.
     *
     * @throws WiringException if it is not of that form
     */
    public static PublishedPort parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw WiringException.wrong(
                    Names.shown(text) + " is not of the form [HOST_IP:]HOST_PORT[-END]:PORT[/tcp|udp|sctp]");
        }
        HostPort host = HostPort.of(m.group(1), m.group(2), m.group(3), m.group(6));
        int port = Integer.parseInt(m.group(4));
        if (m.group(5) != null && Integer.parseInt(m.group(5)) - port != host.last() - host.first()) {
            throw WiringException.wrong(Names.shown(text)
                    + " has more ports on one side than on the other; the first of the endpoint's" + " is enough");
        }
        return new PublishedPort(host, port);
    }

    /** For these alone. */
    public PublishedPort allowingFrom(List<Prefix> sources) {
        return new PublishedPort(host, port, sources, application);
    }

    public PublishedPort speaking(Optional<Application> what) {
        return new PublishedPort(host, port, allowFrom, what);
    }

    public Optional<IpAddress> hostAddress() {
        return host.address();
    }

    /** The first, where there are several. */
    public int hostPort() {
        return host.first();
    }

    public Protocol protocol() {
        return host.protocol();
    }

    /** Whether each port of the host leads to the port of the same number. */
    boolean keepsNumbers() {
        return port == host.first();
    }

    /** The last of the endpoint's ports. */
    int lastPort() {
        return port + host.size() - 1;
    }

    /** Whether packets of a family are meant. */
    boolean isFor(Family family) {
        return host.address().map(IpAddress::family).orElse(family) == family;
    }

    /** A prefix within another says nothing new, and the kernel's sets of intervals refuse it. */
    private static List<Prefix> reduced(List<Prefix> prefixes) {
        List<Prefix> kept = new ArrayList<>();
        prefixes.stream()
                .map(Prefix::network)
                .distinct()
                .sorted(Comparator.comparingInt(Prefix::length).thenComparing(Prefix::toString))
                .filter(prefix -> kept.stream().noneMatch(wider -> wider.contains(prefix)))
                .forEach(kept::add);
        kept.sort(Comparator.comparing(Prefix::family)
                .thenComparing(Prefix::address)
                .thenComparingInt(Prefix::length));
        return List.copyOf(kept);
    }

    /** As it is shown to programs, and kept. */
    public JsonObject toJson() {
        JsonObject.Builder json = JsonObject.builder().put("port", toString());
        if (!allowFrom.isEmpty()) {
            json.putStrings(
                    "allowFrom", allowFrom.stream().map(Prefix::toString).toList());
        }
        application.ifPresent(what -> json.put("helper", what.toString()));
        return json.build();
    }

    static PublishedPort ofJson(JsonObject json) {
        return parse(json.string("port"))
                .allowingFrom(
                        json.strings("allowFrom").stream().map(Prefix::parse).toList())
                .speaking(json.find("helper").map(_ -> Application.parse(json.string("helper"))));
    }

    @Override
    public int compareTo(PublishedPort other) {
        int byHost = host.compareTo(other.host);
        return byHost != 0 ? byHost : Integer.compare(port, other.port);
    }

    /** With who may use it, and what is spoken. */
    public String words() {
        return this
                + (allowFrom.isEmpty()
                        ? ""
                        : " from "
                                + String.join(
                                        ", ",
                                        allowFrom.stream().map(Prefix::toString).toList()))
                + application.map(what -> " helper " + what).orElse("");
    }

    @Override
    public String toString() {
        return host.addressPart() + host.numbers() + ":" + port + "/" + host.protocol();
    }
}
