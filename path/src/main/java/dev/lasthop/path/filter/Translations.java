package dev.lasthop.path.filter;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.path.Hook;
import dev.lasthop.path.PacketState;
import dev.lasthop.path.PacketState.Tracking;
import dev.lasthop.topology.Conntrack;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import java.util.List;
import java.util.Optional;

/** What address translation makes of a connection's first packet. */
final class Translations {
    private static final int SECONDARY = 1; // IFA_F_SECONDARY
    private static final IpAddress LOOPBACK_IPV4 = IpAddress.parse("127.0.0.1");
    private static final IpAddress LOOPBACK_IPV6 = IpAddress.parse("::1");

    private Translations() {}

    /** With another destination; a port of 0 stays. */
    static PacketState destination(PacketState packet, Optional<IpAddress> address, int port) {
        Flow flow = packet.flow();
        int newPort = flow.protocol().hasPorts() && port != 0 ? port : flow.destinationPort();
        Flow changed = flow.withDestination(fitting(address, flow).orElse(flow.destination()), newPort);
        return changed(packet, changed, Conntrack.Entry.DESTINATION_NAT);
    }

    /** With another source; a port of 0 stays, as the kernel tries to keep it. */
    static PacketState source(PacketState packet, Optional<IpAddress> address, int port) {
        Flow flow = packet.flow();
        int newPort = flow.protocol().hasPorts() && port != 0 ? port : flow.sourcePort();
        Flow changed = flow.withSource(fitting(address, flow).orElse(flow.source()), newPort);
        return changed(packet, changed, Conntrack.Entry.SOURCE_NAT);
    }

    /** A rule may name an address of the other family, which the kernel does not apply. */
    private static Optional<IpAddress> fitting(Optional<IpAddress> address, Flow flow) {
        return address.filter(a -> a.family() == flow.family());
    }

    private static PacketState changed(PacketState packet, Flow flow, int status) {
        if (flow.equals(packet.flow())) {
            return packet;
        }
        Tracking was = packet.tracking();
        Optional<Flow> original = was.original().or(() -> Optional.of(packet.flow()));
        return packet.withFlow(flow)
                .withTracking(new Tracking(was.state(), was.reply(), original, was.mark(), was.status() | status));
    }

    /** {@code NF_NAT_RANGE_NETMAP}: the bits in which both ends of the range agree come from it, the others stay. */
    static IpAddress mapped(IpAddress address, IpAddress minimum, IpAddress maximum) {
        if (minimum.family() != address.family() || maximum.family() != address.family()) {
            return address;
        }
        byte[] bytes = address.bytes();
        byte[] low = minimum.bytes();
        byte[] high = maximum.bytes();
        for (int i = 0; i < bytes.length; i++) {
            int mask = ~(low[i] ^ high[i]);
            bytes[i] = (byte) (bytes[i] & ~mask | low[i] & mask);
        }
        return IpAddress.of(bytes);
    }

    /**
     * The address that masquerading gives a packet: of the output interface, on the next hop's network if it has one there
     * ({@code inet_select_addr}, {@code ipv6_dev_get_saddr}). Empty: the kernel drops the packet.
     */
    static Optional<IpAddress> masqueraded(Situation at) {
        Optional<Link> out = at.link(at.packet().out());
        if (out.isEmpty()) {
            return Optional.empty();
        }
        IfIndex link = out.get().index();
        IpAddress to = at.packet().flow().destination();
        List<InterfaceAddress> own = at.namespace().addresses(link, at.family());
        return at.family() == Family.IPV4
                ? ipv4Source(at, own, at.fib().nextHop(at.namespace(), to, link))
                : ipv6Source(own, to);
    }

    private static Optional<IpAddress> ipv4Source(Situation at, List<InterfaceAddress> own, IpAddress nextHop) {
        List<InterfaceAddress> usable =
                own.stream().filter(Translations::isGlobal).toList();
        return usable.stream()
                .filter(address -> address.prefix().contains(nextHop))
                .findFirst()
                .or(() -> usable.stream().findFirst())
                .or(() -> at.namespace().addresses().stream() // then another interface's will do
                        .filter(a -> a.prefix().family() == Family.IPV4 && isGlobal(a))
                        .findFirst())
                .map(InterfaceAddress::address);
    }

    private static boolean isGlobal(InterfaceAddress address) {
        return address.scope() == 0 && (address.flags() & SECONDARY) == 0;
    }

    private static Optional<IpAddress> ipv6Source(List<InterfaceAddress> own, IpAddress to) {
        boolean near = to.isLinkLocal();
        InterfaceAddress best = null;
        for (InterfaceAddress address : own) {
            if ((address.flags() & InterfaceAddress.TENTATIVE) != 0
                    || address.address().isLinkLocal() != near) {
                continue;
            }
            if (best == null || common(address.address(), to) > common(best.address(), to)) {
                best = address;
            }
        }
        return Optional.ofNullable(best).or(() -> own.stream().findFirst()).map(InterfaceAddress::address);
    }

    private static int common(IpAddress a, IpAddress b) {
        int high = Long.numberOfLeadingZeros(a.high() ^ b.high());
        return high < 64 ? high : 64 + Long.numberOfLeadingZeros(a.low() ^ b.low());
    }

    /** Where redirection sends a packet: an address of the input interface, or the loopback's for what this host sends itself. */
    static Optional<IpAddress> redirected(Situation at) {
        if (at.hook() == Hook.OUTPUT) {
            return Optional.of(at.family() == Family.IPV4 ? LOOPBACK_IPV4 : LOOPBACK_IPV6);
        }
        List<InterfaceAddress> own = at.namespace().addresses(at.packet().in(), at.family());
        return own.stream()
                .filter(address ->
                        at.family() == Family.IPV4 || !address.address().isLinkLocal())
                .findFirst()
                .or(() -> own.stream().findFirst())
                .map(InterfaceAddress::address);
    }

    /** An address and port as a report shows them. */
    static String text(Optional<IpAddress> address, int port) {
        String host = address.map(a -> a.family() == Family.IPV6 && port != 0 ? "[" + a + "]" : a.toString())
                .orElse("");
        return port == 0 ? host : host + ":" + port;
    }
}
