package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.HostPort;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.Wiring;
import java.util.List;

/** Takes a published port off an endpoint. */
public final class Unpublish implements WiringCommand {
    private static final Argument<HostPort> PORT = Argument.one(
            "[HOST_IP:]HOST[-END][/PROTOCOL]",
            "the host's port, or several in a row",
            PortWords.reading(HostPort::parse));

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
        return List.of(
                "unpublish netns:blue 8080",
                "unpublish netns:blue 127.0.0.1:5353/udp",
                "unpublish netns:blue 30000-30099/udp");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        HostPort wanted = invocation.argument(PORT);
        return WiringWords.with(wiring -> {
            Endpoint endpoint = WiringWords.endpoint(
                    wiring, invocation.argument(WiringWords.ENDPOINT), _ -> true, "any network of Lasthop's");
            Endpoint done = unpublish(invocation, wiring, endpoint, wanted);
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(
                                    done,
                                    wiring.ports(done),
                                    WiringWords.gateways(wiring.network(done.network())),
                                    List.of()),
                            () -> List.of("unpublished " + wanted + " of " + done.name()));
            return ExitCode.DONE;
        });
    }

    private static Endpoint unpublish(Invocation invocation, Wiring wiring, Endpoint endpoint, HostPort wanted) {
        String label = endpoint.place().label();
        List<PublishedPort> held = wiring.published(label, wanted);
        if (held.isEmpty()) {
            List<PublishedPort> ports = wiring.ports(endpoint);
            throw CommandException.failed(
                    endpoint.name() + " does not publish " + wanted,
                    ports.isEmpty() ? "it publishes no port" : "it publishes " + PortWords.list(ports),
                    "lasthop ls shows what is published");
        }
        Endpoint done = endpoint;
        for (PublishedPort port : held) {
            done = WiringWords.told(invocation, wiring.unpublish(label, port));
        }
        return done;
    }
}
