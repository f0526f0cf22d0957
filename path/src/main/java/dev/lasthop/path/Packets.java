package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.Protocol;
import java.util.Optional;

/** The packets that a path starts with. */
final class Packets {
    private static final int SYN = 0x02;
    private static final int SYN_ACK = 0x12;

    private Packets() {}

    /** A packet that no interface and no rule has seen: an echo request or reply, a SYN or its answer, a datagram. */
    static PacketState plain(Flow flow, int length, boolean dontFragment, int timeToLive, int mark, boolean answers) {
        boolean tcp = flow.protocol().equals(Protocol.TCP);
        return new PacketState(
                flow,
                length,
                dontFragment,
                timeToLive,
                mark,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                IfIndex.NONE,
                Optional.empty(),
                Optional.empty(),
                tcp ? answers ? SYN_ACK : SYN : 0,
                flow.protocol().isIcmp() ? echo(flow.family(), answers) : 0,
                0,
                PacketState.Tracking.UNTRACKED);
    }

    private static int echo(Family family, boolean answers) {
        if (family == Family.IPV4) {
            return answers ? 0 : 8;
        }
        return answers ? 129 : 128;
    }
}
