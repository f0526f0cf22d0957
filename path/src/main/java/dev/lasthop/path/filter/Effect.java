package dev.lasthop.path.filter;

import dev.lasthop.netlink.nftables.RuleData.Verdict;
import dev.lasthop.path.PacketState;
import java.util.Optional;

/**
 * What one step of a rule leads to.
 *
 * @param verdict CONTINUE goes on with the next step, BREAK ends the rule
 * @param packet as it is after the step
 * @param action in words, for a step that did something
 * @param isNat whether it gave the connection a translation, which no later rule changes
 * @param isReject whether a DROP tells the sender
 */
record Effect(Verdict verdict, PacketState packet, Optional<String> action, boolean isNat, boolean isReject) {
    private static final Verdict BREAK = new Verdict(Verdict.BREAK_CODE, "");

    static Effect next(PacketState packet) {
        return new Effect(Verdict.CONTINUE, packet, Optional.empty(), false, false);
    }

    static Effect next(PacketState packet, String action) {
        return new Effect(Verdict.CONTINUE, packet, Optional.of(action), false, false);
    }

    static Effect noMatch(PacketState packet) {
        return new Effect(BREAK, packet, Optional.empty(), false, false);
    }

    static Effect verdict(PacketState packet, Verdict verdict) {
        return new Effect(verdict, packet, Optional.of(verdict.toString()), false, false);
    }

    static Effect reject(PacketState packet, String how) {
        return new Effect(Verdict.DROP, packet, Optional.of(how), false, true);
    }

    static Effect queue(PacketState packet, String where) {
        return new Effect(new Verdict(Verdict.QUEUE_CODE, ""), packet, Optional.of(where), false, false);
    }

    static Effect translated(PacketState packet, String how) {
        return new Effect(Verdict.ACCEPT, packet, Optional.of(how), true, false);
    }

    static Effect check(PacketState packet, boolean holds) {
        return holds ? next(packet) : noMatch(packet);
    }
}
