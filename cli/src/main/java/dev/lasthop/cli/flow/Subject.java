package dev.lasthop.cli.flow;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.wiring.KnownEndpoints;
import dev.lasthop.containers.Endpoint;
import dev.lasthop.containers.EndpointException;
import dev.lasthop.containers.Endpoints;
import dev.lasthop.investigation.Destination;
import dev.lasthop.investigation.HostNames;
import dev.lasthop.investigation.Inquiry;
import dev.lasthop.investigation.PlaceAddresses;
import dev.lasthop.tracing.Level;
import java.util.Optional;

/** What one command line is about: its names resolved, its source's namespace open. */
record Subject(Endpoint source, Inquiry inquiry) implements AutoCloseable {
    private static final int PROBES = 3;

    static Subject of(Invocation invocation) {
        return of(invocation, invocation.argument(FlowOptions.SOURCE), invocation.argument(FlowOptions.DESTINATION));
    }

    /** @throws UnresolvedName if the destination is a host name and no server can be heard */
    static Subject of(Invocation invocation, String from, Destination destination) {
        Endpoints endpoints = KnownEndpoints.all();
        Endpoint source = resolve(endpoints, from);
        try {
            IpAddress address = address(invocation, endpoints, source, destination);
            return new Subject(source, inquiry(invocation, source, destination, address));
        } catch (UnresolvedName e) {
            throw e; // the source is still needed to find out why
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static Inquiry inquiry(Invocation invocation, Endpoint source, Destination destination, IpAddress address) {
        int port = destination.port().orElse(0);
        Protocol protocol = protocol(invocation, destination, address.family());
        int size = invocation.find(FlowOptions.SIZE).orElse(0);
        if (address.family() == Family.IPV6 && size != 0 && size < 48) {
            throw CommandException.usage("--size " + size + " is too small", "an IPv6 packet needs 48 bytes", "");
        }
        return new Inquiry(
                source.name(),
                source.namespace(),
                destination.toString(),
                address,
                protocol,
                port,
                size,
                invocation.has(FlowOptions.FRAGMENT),
                invocation.find(FlowOptions.SOURCE_PORT).orElse(0),
                invocation.find(FlowOptions.COUNT).orElse(PROBES),
                invocation.find(FlowOptions.OBSERVE).orElse(Level.BPF));
    }

    /** What is asked for; else what the destination suggests: TCP where it names a port, ICMP where it does not. */
    private static Protocol protocol(Invocation invocation, Destination destination, Family family) {
        int port = destination.port().orElse(0);
        FlowOptions.Transport transport = invocation
                .find(FlowOptions.PROTOCOL)
                .orElse(port == 0 ? FlowOptions.Transport.ICMP : FlowOptions.Transport.TCP);
        Protocol protocol = switch (transport) {
            case ICMP -> Protocol.icmp(family);
            case TCP -> Protocol.TCP;
            case UDP -> Protocol.UDP;
            case SCTP ->
                throw CommandException.unsupported(
                        "cannot send SCTP probes",
                        "this kernel is not asked for SCTP sockets yet",
                        "try --protocol tcp");
        };
        if (protocol.hasPorts() && port == 0) {
            throw CommandException.usage(
                    "--protocol " + protocol + " needs a port",
                    destination + " names none",
                    "write " + destination + ":PORT");
        }
        if (protocol.isIcmp() && port != 0) {
            throw CommandException.usage(
                    "ICMP has no ports", destination + " names one", "leave the port or --protocol icmp out");
        }
        return protocol;
    }

    private static Optional<Family> family(Invocation invocation) {
        boolean v4 = invocation.has(FlowOptions.IPV4);
        boolean v6 = invocation.has(FlowOptions.IPV6);
        if (v4 && v6) {
            throw CommandException.usage("-4 and -6 exclude each other", "a flow has one family", "leave one out");
        }
        return v4 ? Optional.of(Family.IPV4) : v6 ? Optional.of(Family.IPV6) : Optional.empty();
    }

    private static IpAddress address(
            Invocation invocation, Endpoints endpoints, Endpoint source, Destination destination) {
        Optional<Family> family = family(invocation);
        IpAddress address = switch (destination) {
            case Destination.Address literal -> literal.address();
            case Destination.Name name ->
                name.prefixed() || isEndpoint(endpoints, name.name())
                        ? ofPlace(endpoints, source, name, family)
                        : ofHost(invocation, source, name, family);
        };
        if (family.isPresent() && family.get() != address.family()) {
            throw CommandException.usage(destination + " is no " + family.get() + " address", "", "leave -4 or -6 out");
        }
        return address;
    }

    private static IpAddress ofPlace(
            Endpoints endpoints, Endpoint source, Destination.Name name, Optional<Family> family) {
        try (Endpoint place = resolve(endpoints, name.name())) {
            return PlaceAddresses.choose(source.namespace(), place.namespace(), family)
                    .orElseThrow(() -> CommandException.failed(
                            place.name() + " has no address that could be called",
                            family.map(which -> "no " + which + " address is on any of its interfaces")
                                    .orElse("it has no interface with an address besides lo"),
                            "connect it to a network, or give an address"));
        }
    }

    /** Endpoints go before host names: only what is none is asked of a name server. */
    private static boolean isEndpoint(Endpoints endpoints, String name) {
        try {
            endpoints.find(name);
            return true;
        } catch (EndpointException e) {
            return e.kind() != EndpointException.Kind.UNKNOWN && e.kind() != EndpointException.Kind.MALFORMED;
        }
    }

    private static IpAddress ofHost(
            Invocation invocation, Endpoint source, Destination.Name name, Optional<Family> family) {
        return switch (HostNames.resolve(source.name(), source.pid(), source.namespace(), name.name(), family)) {
            case HostNames.Outcome.Resolved resolved -> resolved.addresses().getFirst();
            case HostNames.Outcome.Failed failed
            when failed.failure().isUnheard() ->
                throw new UnresolvedName(
                        source,
                        failed.failure(),
                        name.toString(),
                        name.port().isPresent() ? Protocol.TCP : Protocol.ICMP,
                        invocation.find(FlowOptions.OBSERVE).orElse(Level.BPF));
            case HostNames.Outcome.Failed failed ->
                throw CommandException.usage(
                        "there is no place and no host called " + name.name(),
                        failed.failure().attempts().stream()
                                .map(attempt -> attempt.server() + ": " + attempt.text())
                                .findFirst()
                                .orElse("no name server is known there"),
                        "give an address, or an endpoint: host, pid:N, netns:NAME");
        };
    }

    static Endpoint resolve(Endpoints endpoints, String name) {
        try {
            return endpoints.resolve(name);
        } catch (EndpointException e) {
            throw KnownEndpoints.failure(e);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
