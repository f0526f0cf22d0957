package dev.lasthop.path.filter;

import dev.lasthop.netlink.nftables.CtKey;

/** A connection's state as rules ask for it: bits of {@link CtKey}. */
final class ConnectionState {
    private ConnectionState() {}

    static int bits(Situation at) {
        return switch (at.packet().tracking().state()) {
            case UNTRACKED -> CtKey.UNTRACKED;
            case NEW -> tracked(at, CtKey.NEW);
            case ESTABLISHED -> tracked(at, CtKey.ESTABLISHED);
            case RELATED -> tracked(at, CtKey.RELATED);
            case INVALID -> CtKey.INVALID;
        };
    }

    /** Before connection tracking has looked at a packet, rules that ask see an invalid one. */
    private static int tracked(Situation at, int bit) {
        return at.isTracked() ? bit : CtKey.INVALID;
    }
}
