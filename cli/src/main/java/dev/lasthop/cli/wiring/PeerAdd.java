package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.Peer;
import java.util.List;

/** Makes the containers of another node reachable, on a network that is at work. */
public final class PeerAdd implements WiringCommand {
    private static final Argument<Peer> PEER = Argument.one(
            "PEER", "NODE=ADDRESS,SUBNET: its name, where it is, its containers' subnet", WiringWords::peer);

    /** Stateless. */
    public PeerAdd() {}

    @Override
    public String name() {
        return "peer add";
    }

    @Override
    public String summary() {
        return "makes another node of a network known, or known anew";
    }

    @Override
    public List<Argument<?>> arguments() {
        return List.of(WiringWords.NAME, PEER);
    }

    @Override
    public List<Option<?>> options() {
        return List.of(WiringWords.DRY_RUN);
    }

    @Override
    public List<String> examples() {
        return List.of(
                "peer add web node3=192.0.2.3,10.5.3.0/24", "peer add web node3=192.0.2.3,10.5.3.0/24 --dry-run");
    }

    @Override
    public ExitCode run(Invocation invocation) {
        String name = invocation.argument(WiringWords.NAME);
        Peer peer = invocation.argument(PEER);
        return WiringWords.with(wiring -> {
            if (invocation.has(WiringWords.DRY_RUN)) {
                return WiringWords.show(invocation, wiring.planAddPeer(name, peer));
            }
            Network network = wiring.addPeer(name, peer);
            return WiringWords.changed(invocation, wiring, network, "added peer " + peer + " to " + network.name());
        });
    }
}
