package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.PublishedPort;
import java.util.List;

/** Lets a port of the host lead to an endpoint. */
public final class Publish implements WiringCommand {
    private static final Argument<PublishedPort> PORT = Argument.one(
            PortWords.FORM, "the host's port or several in a row, and the endpoint's", PortWords::published);

    /** Stateless. */
    public Publish() {}

    @Override
    public String name() {
        return "publish";
    }

    @Override
    public String summary() {
        return "lets a port of the host lead to an endpoint";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.ENDPOINT, PORT);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(PortWords.ALLOW_FROM, PortWords.HELPER, WiringWords.DRY_RUN);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "publish netns:blue 8080:80",
                "publish netns:blue 127.0.0.1:5353:53/udp",
                "publish netns:blue 30000-30099:30000/udp",
                "publish netns:blue 8443:443 --allow-from 192.0.2.0/24 --allow-from 2001:db8::/32",
                "publish netns:blue 21:21 --helper ftp");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        PublishedPort port =
                PortWords.with(invocation, List.of(invocation.argument(PORT))).getFirst();
        return WiringWords.with(wiring -> {
            Endpoint endpoint = WiringWords.endpoint(
                    wiring, invocation.argument(WiringWords.ENDPOINT), _ -> true, "any network of Lasthop's");
            String label = endpoint.place().label();
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planPublish(label, port));
            }
            Endpoint done = wiring.publish(label, port);
            invocation
                    .output()
                    .result(
                            () -> WiringWords.json(
                                    done,
                                    wiring.ports(done),
                                    WiringWords.gateways(wiring.network(done.network())),
                                    List.of()),
                            () -> List.of("published " + port.words() + ": it leads to " + done.name() + ", "
                                    + WiringWords.addresses(done)));
            return ExitCode.DONE;
        });
    }
}
