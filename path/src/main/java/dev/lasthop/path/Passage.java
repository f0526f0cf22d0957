package dev.lasthop.path;

import dev.lasthop.address.Flow;

/** The packet passes an interface. Its flow and length are as they stand there: after NAT, or, on a tunnel's underlay, the tunnel's own. */
public record Passage(Hop hop, PacketState packet) implements PathElement {
    public Flow flow() {
        return packet.flow();
    }
}
