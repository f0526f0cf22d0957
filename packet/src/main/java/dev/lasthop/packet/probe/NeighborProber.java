package dev.lasthop.packet.probe;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.packet.Arp;
import dev.lasthop.packet.Bytes;
import dev.lasthop.packet.Checksum;
import dev.lasthop.packet.Direction;
import dev.lasthop.packet.Ethernet;
import dev.lasthop.packet.Icmp;
import dev.lasthop.packet.Ipv6;
import dev.lasthop.packet.LinkType;
import dev.lasthop.packet.Match;
import dev.lasthop.packet.NeighborDiscovery;
import dev.lasthop.packet.Packet;
import dev.lasthop.packet.Tap;
import dev.lasthop.packet.TappedPacket;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks on one link who has an address, by ARP or neighbor solicitation of its own, and hears everybody who answers: none for a dead
 * gateway, two for an address that was given twice. The kernel's own neighbor table is not asked and not changed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5227#section-2.1.1">RFC 5227, the ARP probe</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4861#section-4.3">RFC 4861, neighbor solicitation</a>
 */
public final class NeighborProber implements AutoCloseable {
    private static final MacAddress ARP_NOBODY = MacAddress.ZERO;
    private static final IpAddress SOLICITED_NODE = IpAddress.parse("ff02::1:ff00:0");
    private static final int HOP_LIMIT = 255; // others are not believed

    private final Tap tap;
    private final IfIndex device;
    private final MacAddress mac;

    private NeighborProber(Tap tap, IfIndex device, MacAddress mac) {
        this.tap = tap;
        this.device = device;
        this.mac = mac;
    }

    /** @throws KernelException ENODEV if there is no such device, EOPNOTSUPP if it has no link-layer address of six bytes */
    public static NeighborProber open(NetworkNamespace namespace, IfIndex device) {
        var match = Match.any(new Match.Arp(IpAddress.ANY_IPV4), new Match.Neighbor(IpAddress.ANY_IPV6));
        Tap tap = Tap.open(namespace, Tap.Settings.of(match).at(device));
        try {
            byte[] own = tap.fd()
                    .localAddress(); // struct sockaddr_ll: the length of the address at 11, the address from 12 on
            if (own.length < 18 || own[11] != 6) {
                throw new KernelException(
                        "ask for neighbors on device " + device, Errno.EOPNOTSUPP, "it has no MAC address");
            }
            return new NeighborProber(
                    tap, device, MacAddress.of(Bytes.of(own).slice(12, 6).array()));
        } catch (RuntimeException e) {
            tap.close();
            throw e;
        }
    }

    /**
     * Asks once.
     *
     * @param source the address to ask from; without one as somebody who has none yet, which changes nobody's neighbor table
     * @return the error number where the device did not take the frame
     */
    public Optional<Errno> ask(IpAddress target, Optional<IpAddress> source) {
        Packet question = target.family() == Family.IPV4 ? whoHas(target, source) : solicitation(target, source);
        long result = tap.fd().sendTo(question.encode(), Tap.destination(device));
        return result < 0 ? Optional.of(Errno.of((int) -result)) : Optional.empty();
    }

    /** The answers since the last time, in order; does not wait. */
    public List<NeighborAnswer> poll() {
        return tap.drain().stream()
                .filter(tapped -> tapped.direction() == Direction.IN)
                .flatMap(NeighborProber::answer)
                .toList();
    }

    public List<Poll.Interest> interests() {
        return List.of(Poll.Interest.readable(tap.fd()));
    }

    @Override
    public void close() {
        tap.close();
    }

    private Packet whoHas(IpAddress target, Optional<IpAddress> source) {
        return Packet.of(
                LinkType.ETHERNET,
                new Ethernet(MacAddress.BROADCAST, mac, Ethernet.ARP),
                new Arp(Arp.REQUEST, mac, source.orElse(IpAddress.ANY_IPV4), ARP_NOBODY, target));
    }

    private Packet solicitation(IpAddress target, Optional<IpAddress> source) {
        var group = new IpAddress(Family.IPV6, SOLICITED_NODE.high(), SOLICITED_NODE.low() | target.low() & 0xffffff);
        var groupMac = new MacAddress(0x3333_0000_0000L | group.low() & 0xffff_ffffL);
        IpAddress from = source.orElse(IpAddress.ANY_IPV6);
        NeighborDiscovery body = source.isPresent()
                ? NeighborDiscovery.of(target, NeighborDiscovery.SOURCE_LINK_ADDRESS, mac)
                : new NeighborDiscovery(target, Optional.empty(), Bytes.NONE);
        var header = new Icmp(Family.IPV6, Icmp.V6_SOLICITATION, 0, 0, 0);
        byte[] message = Packet.of(LinkType.IP, header, body).encode();
        return Packet.of(
                LinkType.ETHERNET,
                new Ethernet(groupMac, mac, Ethernet.IPV6),
                new Ipv6(0, 0, message.length, Protocol.ICMPV6, HOP_LIMIT, from, group),
                header.withChecksum(Checksum.transport(from, group, Protocol.ICMPV6, message)),
                body);
    }

    private static Stream<NeighborAnswer> answer(TappedPacket tapped) {
        Packet packet = tapped.packet();
        MacAddress from = packet.ethernet().map(Ethernet::source).orElse(MacAddress.ZERO);
        Optional<NeighborAnswer> arp = packet.arp()
                .filter(reply -> reply.operation() == Arp.REPLY)
                .map(reply -> new NeighborAnswer(reply.senderAddress(), reply.senderMac(), from, tapped.nanos()));
        Optional<NeighborAnswer> advertisement = packet.icmp()
                .filter(icmp -> icmp.family() == Family.IPV6 && icmp.type() == Icmp.V6_ADVERTISEMENT)
                .flatMap(icmp -> packet.layer(NeighborDiscovery.class))
                .map(body -> new NeighborAnswer(
                        body.target(),
                        body.linkAddress(NeighborDiscovery.TARGET_LINK_ADDRESS).orElse(from),
                        from,
                        tapped.nanos()));
        return Stream.concat(arp.stream(), advertisement.stream());
    }
}
