package dev.lasthop.path;

import dev.lasthop.address.IfIndex;

/**
 * Where a bridge shows a question to rules of its family, and where the answer to it.
 *
 * @param in the port that the question comes in by
 * @param out the port that it leaves by; none where it goes up to the bridge's own namespace
 */
record BridgeHooks(Hook there, Hook back, IfIndex in, IfIndex out) {
    /** From one port to another. */
    static BridgeHooks between(IfIndex in, IfIndex out) {
        return new BridgeHooks(Hook.FORWARD, Hook.FORWARD, in, out);
    }

    /** From a port to the bridge itself. */
    static BridgeHooks upFrom(IfIndex in) {
        return new BridgeHooks(Hook.INPUT, Hook.OUTPUT, in, IfIndex.NONE);
    }

    /** Into a bridge; the answer leaves it by the same port. */
    static BridgeHooks into(IfIndex in) {
        return new BridgeHooks(Hook.PREROUTING, Hook.POSTROUTING, in, IfIndex.NONE);
    }

    PacketState links(PacketState question) {
        return question.withLinks(in, out, IfIndex.NONE, IfIndex.NONE);
    }

    PacketState linksBack(PacketState answer) {
        return answer.withLinks(out, in, IfIndex.NONE, IfIndex.NONE);
    }
}
