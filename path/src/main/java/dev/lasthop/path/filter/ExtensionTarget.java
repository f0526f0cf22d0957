package dev.lasthop.path.filter;

import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.RuleData.Verdict;
import dev.lasthop.netlink.nftables.TargetSettings;
import dev.lasthop.path.Hook;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.PacketState.Tracking;
import dev.lasthop.topology.RejectNames;
import java.util.Optional;

/** What an iptables target does with a packet. */
record ExtensionTarget(Extension.Target target, Situation at) {
    Effect effect() {
        PacketState packet = at.packet();
        return switch (TargetSettings.of(target)) {
            case TargetSettings.Translate t -> translate(t);
            case TargetSettings.Reject r -> Effect.reject(packet, RejectNames.ofTarget(r.with(), at.family()));
            case TargetSettings.SetMark m -> {
                int mark = packet.mark() & ~m.mask() ^ m.mark();
                yield Effect.next(packet.withMark(mark), "mark set 0x%08x".formatted(mark));
            }
            case TargetSettings.ConnectionMark m -> connectionMark(m);
            case TargetSettings.NoTracking n -> Effect.next(packet.withTracking(Tracking.UNTRACKED), "notrack");
            case TargetSettings.Log l -> Effect.next(packet, "log");
            case TargetSettings.Queue q -> Effect.queue(packet, "queue to " + q.number());
            case TargetSettings.Indifferent i -> Effect.next(packet);
            case TargetSettings.Unknown u -> Effect.next(packet, target.extension() + " (not known to Lasthop)");
        };
    }

    private Effect translate(TargetSettings.Translate t) {
        return switch (t.kind()) {
            case MASQUERADE -> Steps.masquerade(at, t.firstPort());
            case REDIRECT -> Steps.redirect(at, t.firstPort());
            case SOURCE -> Steps.translated(at, false, t.minimum(), t.firstPort());
            case DESTINATION -> Steps.translated(at, true, t.minimum(), t.firstPort());
            case NETMAP -> {
                boolean destination = at.hook() == Hook.PREROUTING || at.hook() == Hook.OUTPUT;
                IpAddress from = destination
                        ? at.packet().flow().destination()
                        : at.packet().flow().source();
                Optional<IpAddress> to = t.minimum()
                        .map(minimum ->
                                Translations.mapped(from, minimum, t.maximum().orElse(minimum)));
                yield Steps.translated(at, destination, to, 0);
            }
        };
    }

    private Effect connectionMark(TargetSettings.ConnectionMark m) {
        PacketState packet = at.packet();
        Tracking was = packet.tracking();
        int mark = was.mark();
        switch (m.mode()) {
            case 0 -> mark = mark & ~m.connectionMask() ^ m.mark();
            case 1 -> mark = mark & ~m.connectionMask() ^ packet.mark() & m.packetMask();
            default -> {
                int restored = packet.mark() & ~m.packetMask() ^ mark & m.connectionMask();
                return Effect.next(packet.withMark(restored), "mark set 0x%08x".formatted(restored));
            }
        }
        return new Effect(
                Verdict.CONTINUE,
                packet.withTracking(new Tracking(was.state(), was.reply(), was.original(), mark, was.status())),
                Optional.empty(),
                false,
                false);
    }
}
