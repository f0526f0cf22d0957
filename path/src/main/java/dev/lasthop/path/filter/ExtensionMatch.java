package dev.lasthop.path.filter;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.nftables.CtKey;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.MatchSettings;
import dev.lasthop.netlink.nftables.MatchSettings.Connection;
import dev.lasthop.netlink.nftables.MatchSettings.PortRange;
import dev.lasthop.path.Hook;
import dev.lasthop.path.PacketState.Tracking;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.Link;
import java.util.Optional;

/** Whether an iptables match agrees with a packet. */
record ExtensionMatch(Extension.Match match, Situation at) {
    private static final int ANY_ICMP = 255;

    Truth holds() {
        Flow flow = at.packet().flow();
        return switch (MatchSettings.of(match)) {
            case MatchSettings.Comment c -> Truth.YES;
            case MatchSettings.Rate r -> Truth.YES;
            case Connection c -> connection(c);
            case MatchSettings.MultiplePorts m -> multiplePorts(m, flow);
            case MatchSettings.AddressType t -> addressType(t, flow);
            case MatchSettings.Ports p -> ports(p, flow);
            case MatchSettings.Icmp i -> icmp(i);
            case MatchSettings.Mark m ->
                Truth.of((at.packet().mark() & m.mask()) == m.mark()).inverted(m.inverted());
            case MatchSettings.ConnectionMark m ->
                isTracked()
                        ? Truth.of((at.packet().tracking().mark() & m.mask()) == m.mark())
                                .inverted(m.inverted())
                        : Truth.NO;
            case MatchSettings.BridgePort b -> bridgePort(b);
            case MatchSettings.AddressRange r -> addressRange(r, flow);
            case MatchSettings.SourceMac m ->
                at.packet()
                        .sourceMac()
                        .map(mac -> Truth.of(mac.equals(m.mac())).inverted(m.inverted()))
                        .orElse(Truth.UNKNOWN);
            case MatchSettings.PacketType p ->
                Truth.of(Loads.packetType(at) == p.type()).inverted(p.inverted());
            case MatchSettings.Length l ->
                Truth.of(at.packet().length() >= l.first() && at.packet().length() <= l.last())
                        .inverted(l.inverted());
            case MatchSettings.IpSet s -> Truth.UNKNOWN;
            case MatchSettings.Unknown u -> Truth.UNKNOWN;
        };
    }

    private boolean isTracked() {
        Tracking.State state = at.packet().tracking().state();
        return at.isTracked() && state != Tracking.State.UNTRACKED && state != Tracking.State.INVALID;
    }

    private Truth connection(Connection c) {
        if ((c.flags() & ~Connection.KNOWN) != 0) {
            return Truth.UNKNOWN;
        }
        Truth all = Truth.YES;
        if (asks(c, Connection.STATE)) {
            all = all.and(answer(c, Connection.STATE, Truth.of((states() & c.states()) != 0)));
        }
        if ((c.flags() & ~(Connection.STATE | 0x2000)) != 0 && !isTracked()) {
            return Truth.NO;
        }
        Tracking tracking = at.packet().tracking();
        if (asks(c, Connection.DIRECTION)) {
            all = all.and(answer(c, Connection.DIRECTION, Truth.of(!tracking.reply())));
        }
        if (asks(c, Connection.PROTOCOL)) {
            boolean same = at.packet().flow().protocol().number() == c.protocol();
            all = all.and(answer(c, Connection.PROTOCOL, Truth.of(same)));
        }
        if (asks(c, Connection.STATUS)) {
            boolean set = c.status() == 0 ? tracking.status() == 0 : (tracking.status() & c.status()) != 0;
            all = all.and(answer(c, Connection.STATUS, Truth.of(set)));
        }
        return all.and(original(c, tracking.original()));
    }

    private Truth original(Connection c, Optional<Flow> original) {
        Truth all = Truth.YES;
        if (asks(c, Connection.ORIGINAL_SOURCE)) {
            all = all.and(
                    answer(c, Connection.ORIGINAL_SOURCE, within(c.originalSource(), original.map(Flow::source))));
        }
        if (asks(c, Connection.ORIGINAL_DESTINATION)) {
            Truth in = within(c.originalDestination(), original.map(Flow::destination));
            all = all.and(answer(c, Connection.ORIGINAL_DESTINATION, in));
        }
        if (asks(c, Connection.ORIGINAL_DESTINATION_PORT)) {
            Truth in = original.map(f -> Truth.of(c.originalDestinationPort().contains(f.destinationPort())))
                    .orElse(Truth.UNKNOWN);
            all = all.and(answer(c, Connection.ORIGINAL_DESTINATION_PORT, in));
        }
        return all;
    }

    private static boolean asks(Connection c, int flag) {
        return (c.flags() & flag) != 0;
    }

    private static Truth answer(Connection c, int flag, Truth truth) {
        return truth.inverted((c.inverted() & flag) != 0);
    }

    private static Truth within(MatchSettings.Masked masked, Optional<IpAddress> address) {
        if (address.isEmpty()) {
            return Truth.UNKNOWN;
        }
        byte[] bytes = address.get().bytes();
        byte[] value = masked.value().toArray();
        byte[] mask = masked.mask().toArray();
        for (int i = 0; i < bytes.length && i < value.length; i++) {
            if (((bytes[i] ^ value[i]) & mask[i]) != 0) {
                return Truth.NO;
            }
        }
        return Truth.YES;
    }

    private int states() {
        int bits = ConnectionState.bits(at);
        int states = bits == CtKey.UNTRACKED ? Connection.UNTRACKED : bits;
        if (isTracked()) {
            int status = at.packet().tracking().status();
            states |= (status & Conntrack.Entry.SOURCE_NAT) != 0 ? Connection.SNAT : 0;
            states |= (status & Conntrack.Entry.DESTINATION_NAT) != 0 ? Connection.DNAT : 0;
        }
        return states;
    }

    private Truth multiplePorts(MatchSettings.MultiplePorts m, Flow flow) {
        if (!flow.protocol().hasPorts()) {
            return Truth.NO;
        }
        Truth source = Truth.NO;
        Truth destination = Truth.NO;
        for (PortRange range : m.ports()) {
            source = source.or(sourcePort(range, flow));
            destination = destination.or(Truth.of(range.contains(flow.destinationPort())));
        }
        Truth found = switch (m.which()) {
            case 0 -> source;
            case 1 -> destination;
            default -> source.or(destination);
        };
        return found.inverted(m.inverted());
    }

    private static Truth sourcePort(PortRange range, Flow flow) {
        if (flow.sourcePort() == 0) { // not known beforehand
            return range.first() == 0 && range.last() == 0xffff ? Truth.YES : Truth.UNKNOWN;
        }
        return Truth.of(range.contains(flow.sourcePort()));
    }

    private Truth ports(MatchSettings.Ports p, Flow flow) {
        Truth all = sourcePort(p.source(), flow)
                .inverted(p.sourceInverted())
                .and(Truth.of(p.destination().contains(flow.destinationPort())).inverted(p.destinationInverted()));
        Truth flags = Truth.of((at.packet().tcpFlags() & p.flagsMask()) == p.flagsCompare())
                .inverted(p.flagsInverted());
        return all.and(flags).and(p.option() == 0 ? Truth.YES : Truth.UNKNOWN);
    }

    private Truth icmp(MatchSettings.Icmp i) {
        int code = at.packet().icmpCode();
        boolean same = i.type() == ANY_ICMP
                || at.packet().icmpType() == i.type() && code >= i.firstCode() && code <= i.lastCode();
        return Truth.of(same).inverted(i.inverted());
    }

    private Truth addressType(MatchSettings.AddressType t, Flow flow) {
        IfIndex on = t.in() ? at.packet().in() : t.out() ? at.packet().out() : IfIndex.NONE;
        return type(t.source(), flow.source(), on)
                .inverted(t.source() != 0 && t.sourceInverted())
                .and(type(t.destination(), flow.destination(), on)
                        .inverted(t.destination() != 0 && t.destinationInverted()));
    }

    private Truth type(int mask, IpAddress address, IfIndex on) {
        if (mask == 0) {
            return Truth.YES;
        }
        return at.fib()
                .type(at.namespace(), address, on)
                .map(type -> Truth.of((mask & 1 << Loads.number(type)) != 0))
                .orElse(Truth.UNKNOWN);
    }

    private Truth bridgePort(MatchSettings.BridgePort b) {
        Optional<String> in = at.link(at.packet().bridgePortIn()).map(Link::name);
        Optional<String> out = at.link(at.packet().bridgePortOut()).map(Link::name);
        Truth all = Truth.YES;
        if ((b.asked() & 4) != 0) {
            boolean bridged =
                    in.isPresent() && (at.hook() == Hook.FORWARD || at.hook() == Hook.POSTROUTING) && out.isPresent();
            all = all.and(Truth.of(bridged).inverted((b.inverted() & 4) != 0));
        }
        if ((b.asked() & 8) != 0) {
            all = all.and(Truth.of(in.isPresent()).inverted((b.inverted() & 8) != 0));
        }
        if ((b.asked() & 16) != 0) {
            all = all.and(Truth.of(out.isPresent()).inverted((b.inverted() & 16) != 0));
        }
        if ((b.asked() & 1) != 0) {
            all = all.and(Truth.of(matches(b.in(), in)).inverted((b.inverted() & 1) != 0));
        }
        if ((b.asked() & 2) != 0) {
            all = all.and(Truth.of(matches(b.out(), out)).inverted((b.inverted() & 2) != 0));
        }
        return all;
    }

    private static boolean matches(String wanted, Optional<String> name) {
        return name.filter(wanted::equals).isPresent();
    }

    private Truth addressRange(MatchSettings.AddressRange r, Flow flow) {
        int length = at.family().bytes();
        Truth all = Truth.YES;
        if ((r.flags() & 1) != 0) {
            boolean in = between(r.sourceFirst(), flow.source(), r.sourceLast(), length);
            all = all.and(Truth.of(in).inverted((r.flags() & 16) != 0));
        }
        if ((r.flags() & 2) != 0) {
            boolean in = between(r.destinationFirst(), flow.destination(), r.destinationLast(), length);
            all = all.and(Truth.of(in).inverted((r.flags() & 32) != 0));
        }
        return all;
    }

    private static boolean between(
            dev.lasthop.netlink.Bytes first, IpAddress address, dev.lasthop.netlink.Bytes last, int length) {
        return MatchSettings.AddressRange.address(first, length).compareTo(address) <= 0
                && MatchSettings.AddressRange.address(last, length).compareTo(address) >= 0;
    }
}
