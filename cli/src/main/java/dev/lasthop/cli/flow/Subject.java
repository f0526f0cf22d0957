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
import dev.lasthop.investigation.Inquiry;
import dev.lasthop.investigation.PlaceAddresses;
import dev.lasthop.tracing.Level;
import java.util.Optional;

/** What one command line is about: its names resolved, its source's namespace open. */
record Subject(Endpoint source, Inquiry inquiry) implements AutoCloseable {
    private static final int PROBES = 3;

    static Subject of(Invocation invocation) {
        Endpoints endpoints = KnownEndpoints.all();
        Endpoint source = resolve(endpoints, invocation.argument(FlowOptions.SOURCE));
        try {
            Destination destination = invocation.argument(FlowOptions.DESTINATION);
            IpAddress address = address(endpoints, source, destination, family(invocation));
            return new Subject(source, inquiry(invocation, source, destination, address));
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static Inquiry inquiry(Invocation invocation, Endpoint source, Destination destination, IpAddress address) {
        int port = destination.port().orElse(0);
        FlowOptions.Transport transport = invocation
                .find(FlowOptions.PROTOCOL)
                .orElse(port == 0 ? FlowOptions.Transport.ICMP : FlowOptions.Transport.TCP);
        Protocol protocol = switch (transport) {
            case ICMP -> Protocol.icmp(address.family());
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

    private static Optional<Family> family(Invocation invocation) {
        boolean v4 = invocation.has(FlowOptions.IPV4);
        boolean v6 = invocation.has(FlowOptions.IPV6);
        if (v4 && v6) {
            throw CommandException.usage("-4 and -6 exclude each other", "a flow has one family", "leave one out");
        }
        return v4 ? Optional.of(Family.IPV4) : v6 ? Optional.of(Family.IPV6) : Optional.empty();
    }

    private static IpAddress address(
            Endpoints endpoints, Endpoint source, Destination destination, Optional<Family> family) {
        IpAddress address = switch (destination) {
            case Destination.Address literal -> literal.address();
            case Destination.Name name -> {
                try (Endpoint place = resolve(endpoints, name.name())) {
                    yield PlaceAddresses.choose(source.namespace(), place.namespace(), family)
                            .orElseThrow(() -> CommandException.failed(
                                    place.name() + " has no address that could be called",
                                    family.map(which -> "no " + which + " address is on any of its interfaces")
                                            .orElse("it has no interface with an address besides lo"),
                                    "connect it to a network, or give an address"));
                }
            }
        };
        if (family.isPresent() && family.get() != address.family()) {
            throw CommandException.usage(destination + " is no " + family.get() + " address", "", "leave -4 or -6 out");
        }
        return address;
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
