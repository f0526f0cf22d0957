package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.Network;
import java.util.List;

/** Forgets another node of a network that is at work. */
public final class PeerRemove implements WiringCommand {
    private static final Argument<String> NODE = Argument.one("NODE", "the other node's name", Reader.text());

    /** Stateless. */
    public PeerRemove() {}

    @Override
    public String name() {
        return "peer rm";
    }

    @Override
    public String summary() {
        return "takes another node off a network";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.NAME, NODE);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(WiringWords.DRY_RUN);
    }

    @Override
    public List<String> examples() {
        return List.of("peer rm web node3");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        String name = invocation.argument(WiringWords.NAME);
        String node = invocation.argument(NODE);
        return WiringWords.with(wiring -> {
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planRemovePeer(name, node));
            }
            Network network = WiringWords.told(invocation, wiring.removePeer(name, node));
            return WiringWords.changed(invocation, wiring, network, "removed peer " + node + " from " + network.name());
        });
    }
}
