package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.Command;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.linux.Capability;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.Wiring;
import java.util.List;
import java.util.Set;

/** Takes a published port off an endpoint. */
public final class Unpublish implements Command {
    private static final Argument<PublishedPort> PORT =
            Argument.one("[HOST_IP:]HOST[/PROTOCOL]", "the host's port", Unpublish::port);

    /** Stateless. */
    public Unpublish() {}

    @Override
    public String name() {
        return "unpublish";
    }

    @Override
    public String summary() {
        return "takes a published port off an endpoint";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.ENDPOINT, PORT);
    }

    @Override
    public List<String> examples() {
        return List.of("unpublish netns:blue 8080", "unpublish netns:blue 127.0.0.1:5353/udp");
    }

    @Override
    public Set<Capability> capabilities() {
        return WiringWords.CAPABILITIES;
    }

    @Override
    public List<String> withoutCapabilities() {
        return List.of(
                "lasthop ls, lasthop network ls: what is connected, where the state may be read",
                "lasthop faults: every cause of lost packets, how it is recognised and mended");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        PublishedPort wanted = invocation.argument(PORT);
        return WiringWords.with(wiring -> {
            Endpoint endpoint = WiringWords.endpoint(
                    wiring, invocation.argument(WiringWords.ENDPOINT), _ -> true, "any network of Lasthop's");
            Endpoint done = unpublish(wiring, endpoint, wanted);
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(
                                    done, WiringWords.gateways(wiring.network(done.network())), List.of()),
                            () -> List.of("unpublished " + shown(wanted) + " of " + done.name()));
            return ExitCode.DONE;
        });
    }

    private static Endpoint unpublish(Wiring wiring, Endpoint endpoint, PublishedPort wanted) {
        String label = endpoint.place().label();
        List<PublishedPort> held = wiring.published(label, wanted.hostAddress(), wanted.hostPort(), wanted.protocol());
        if (held.isEmpty()) {
            throw CommandException.failed(
                    endpoint.name() + " does not publish " + shown(wanted),
                    endpoint.ports().isEmpty() ? "it publishes no port" : "it publishes " + WiringWords.ports(endpoint),
                    "lasthop ls shows what is published");
        }
        Endpoint done = endpoint;
        for (PublishedPort port : held) {
            done = wiring.unpublish(label, port);
        }
        return done;
    }

    /** The port inside is of no account here: 1 stands for it. */
    private static PublishedPort port(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        return WiringWords.port(host + ":1" + text.substring(host.length()));
    }

    private static String shown(PublishedPort wanted) {
        return wanted.hostAddress().map(address -> address + ":").orElse("") + wanted.hostPort() + "/"
                + wanted.protocol();
    }
}
