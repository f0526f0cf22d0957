package dev.lasthop.path.filter;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.path.Hook;
import dev.lasthop.path.PacketState.Tracking;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.Route;
import java.util.Optional;

/** What the steps that load something find. Empty: the kernel has no such thing for this packet, and the rule does not match. */
final class Loads {
    private static final int NAME = 16;
    private static final int ARP_TYPE = 0x0806;

    private Loads() {}

    static Optional<Value> find(Load load, Situation at) {
        return switch (load) {
            case Load.Immediate i ->
                i.data() instanceof RuleData.Value value
                        ? Optional.of(Value.of(value.bytes().toArray()))
                        : Optional.empty();
            case Load.Payload p -> payload(p, at);
            case Load.Meta m -> meta(m, at);
            case Load.Ct c -> connection(c, at);
            case Load.Fib f -> routes(f, at);
            case Load.ExtensionHeader e ->
                e.operation() == 0 || e.operation() == 2
                        ? (e.flags() & 1) != 0 ? Optional.of(Value.of((byte) 0)) : Optional.empty()
                        : Optional.of(Value.unknown(Math.min(64, Math.max(1, e.length()))));
            case Load.SocketKey s -> s.key() == 0 || s.key() == 2 ? unknown(1) : unknown(8);
            case Load.RouteKey r -> unknown(16);
            case Load.NumberGenerator n -> n.modulus() == 1 ? known(Value.number(n.offset())) : unknown(4);
            case Load.Hash h -> h.modulus() == 1 ? known(Value.number(h.offset())) : unknown(4);
        };
    }

    private static Optional<Value> payload(Load.Payload load, Situation at) {
        if (load.header() == Load.Payload.TRANSPORT && at.isArp()) {
            return Optional.empty();
        }
        return Optional.of(at.headers().bytes(load.header(), load.offset(), Math.min(64, Math.max(0, load.length()))));
    }

    private static Optional<Value> meta(Load.Meta load, Situation at) {
        return switch (load.key()) {
            case LENGTH -> known(Value.number(at.packet().length()));
            case PROTOCOL -> known(Value.network16(etherType(at)));
            case MARK -> known(Value.number(at.packet().mark()));
            case INPUT -> known(Value.number(at.in().map(l -> l.index().value()).orElse(0)));
            case OUTPUT ->
                known(Value.number(at.out().map(l -> l.index().value()).orElse(0)));
            case INPUT_NAME -> known(Value.text(at.in().map(Link::name).orElse(""), NAME));
            case OUTPUT_NAME -> known(Value.text(at.out().map(Link::name).orElse(""), NAME));
            case INPUT_GROUP -> known(Value.number(at.in().map(Link::group).orElse(0)));
            case OUTPUT_GROUP -> known(Value.number(at.out().map(Link::group).orElse(0)));
            case INPUT_TYPE -> at.in().map(l -> Value.number16(l.hardwareType()));
            case OUTPUT_TYPE -> at.out().map(l -> Value.number16(l.hardwareType()));
            case INPUT_KIND -> at.in().map(l -> Value.text(l.kind(), NAME));
            case OUTPUT_KIND -> at.out().map(l -> Value.text(l.kind(), NAME));
            case NETFILTER_FAMILY -> known(Value.of((byte) netfilterFamily(at)));
            case TRANSPORT ->
                at.isArp()
                        ? Optional.empty()
                        : known(Value.of((byte) protocol(at).number()));
            case BRIDGE_INPUT_NAME -> master(at, at.in());
            case BRIDGE_OUTPUT_NAME -> master(at, at.out());
            case PACKET_TYPE -> known(Value.of((byte) packetType(at)));
            case SOCKET_USER, SOCKET_GROUP, CGROUP -> hasNoSocket(at) ? Optional.empty() : unknown(4);
            case IPSEC -> known(Value.of((byte) 0));
            case SLAVE_INTERFACE -> known(Value.number(0));
            case SLAVE_INTERFACE_NAME -> known(Value.text("", NAME));
            case TIME -> unknown(8);
            default -> unknown(4);
        };
    }

    private static Protocol protocol(Situation at) {
        return at.packet().flow().protocol();
    }

    private static int etherType(Situation at) {
        return at.isArp() ? ARP_TYPE : at.family() == Family.IPV4 ? 0x0800 : 0x86dd;
    }

    private static int netfilterFamily(Situation at) {
        return switch (at.layer()) {
            case IP -> at.family().number();
            case BRIDGE -> 7;
            case NETDEV -> 5;
        };
    }

    private static Optional<Value> master(Situation at, Optional<Link> port) {
        return port.flatMap(p -> at.link(p.master())).map(bridge -> Value.text(bridge.name(), NAME));
    }

    static int packetType(Situation at) {
        IpAddress to = at.packet().flow().destination();
        if (to.isMulticast()) {
            return 2;
        }
        return at.packet().destinationMac().filter(mac -> mac.isMulticast()).isPresent() ? 1 : 0;
    }

    private static boolean hasNoSocket(Situation at) {
        return at.hook() == Hook.FORWARD || at.hook() == Hook.PREROUTING || at.hook() == Hook.INGRESS;
    }

    private static Optional<Value> connection(Load.Ct load, Situation at) {
        Tracking tracking = at.packet().tracking();
        boolean has = at.isTracked()
                && tracking.state() != Tracking.State.UNTRACKED
                && tracking.state() != Tracking.State.INVALID;
        if (load.key() == dev.lasthop.netlink.nftables.CtKey.STATE) {
            return known(Value.number(ConnectionState.bits(at)));
        }
        if (!has) {
            return Optional.empty();
        }
        boolean reply = load.direction().orElse(0) == 1;
        Optional<Flow> flow = reply ? Optional.empty() : tracking.original();
        return switch (load.key()) {
            case DIRECTION -> known(Value.of((byte) (tracking.reply() ? 1 : 0)));
            case STATUS -> known(Value.number(tracking.status()));
            case MARK -> known(Value.number(tracking.mark()));
            case NETWORK_PROTOCOL -> known(Value.of((byte) at.family().number()));
            case PROTOCOL -> known(Value.of((byte) protocol(at).number()));
            case SOURCE, SOURCE_IP, SOURCE_IP6 -> addressOf(flow.map(Flow::source), at);
            case DESTINATION, DESTINATION_IP, DESTINATION_IP6 -> addressOf(flow.map(Flow::destination), at);
            case SOURCE_PORT -> portOf(flow.map(Flow::sourcePort));
            case DESTINATION_PORT -> portOf(flow.map(Flow::destinationPort));
            case PACKETS, BYTES, AVERAGE_PACKET -> unknown(8);
            case LABELS, HELPER -> unknown(16);
            case ZONE -> unknown(2);
            default -> unknown(4);
        };
    }

    private static Optional<Value> addressOf(Optional<IpAddress> address, Situation at) {
        return known(address.map(a -> Value.of(a.bytes()))
                .orElseGet(() -> Value.unknown(at.family().bytes())));
    }

    private static Optional<Value> portOf(Optional<Integer> port) {
        return known(port.filter(p -> p != 0).map(Value::network16).orElseGet(() -> Value.unknown(2)));
    }

    private static Optional<Value> routes(Load.Fib load, Situation at) {
        Flow flow = at.packet().flow();
        boolean source = (load.flags() & Load.Fib.SOURCE) != 0;
        IpAddress asked = source ? flow.source() : flow.destination();
        IfIndex on = (load.flags() & Load.Fib.INPUT) != 0
                ? at.packet().in()
                : (load.flags() & Load.Fib.OUTPUT) != 0 ? at.packet().out() : IfIndex.NONE;
        if (load.result() == Load.Fib.RESULT_ADDRESS_TYPE) {
            return known(at.fib()
                    .type(at.namespace(), asked, on)
                    .map(type -> Value.number(number(type)))
                    .orElseGet(() -> Value.unknown(4)));
        }
        IpAddress other = source ? flow.destination() : flow.source();
        Optional<IfIndex> found =
                at.fib().output(at.namespace(), asked, other, at.packet().mark(), on);
        if ((load.flags() & Load.Fib.PRESENT) != 0) {
            return known(
                    found.map(link -> Value.of((byte) (link.isNone() ? 0 : 1))).orElseGet(() -> Value.unknown(1)));
        }
        return load.result() == Load.Fib.RESULT_INTERFACE
                ? known(found.map(link -> Value.number(link.value())).orElseGet(() -> Value.unknown(4)))
                : known(found.map(
                                link -> Value.text(at.link(link).map(Link::name).orElse(""), NAME))
                        .orElseGet(() -> Value.unknown(NAME)));
    }

    /** {@code RTN_*}. */
    static int number(Route.Type type) {
        return switch (type) {
            case UNSPECIFIED -> 0;
            case UNICAST -> 1;
            case LOCAL -> 2;
            case BROADCAST -> 3;
            case ANYCAST -> 4;
            case MULTICAST -> 5;
            case BLACKHOLE -> 6;
            case UNREACHABLE -> 7;
            case PROHIBIT -> 8;
            case THROW -> 9;
            case NAT -> 10;
            case EXTERNAL_RESOLVER -> 11;
        };
    }

    private static Optional<Value> known(Value value) {
        return Optional.of(value);
    }

    private static Optional<Value> unknown(int length) {
        return Optional.of(Value.unknown(length));
    }
}
