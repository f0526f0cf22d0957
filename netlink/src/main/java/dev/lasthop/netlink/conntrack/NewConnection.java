package dev.lasthop.netlink.conntrack;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.nftables.NftHeader;
import java.util.ArrayList;

/**
 * A connection that is to be remembered though no packet of it came ({@code IPCTNL_MSG_CT_NEW}, {@code enum ctattr_type} of
 * linux/netfilter/nfnetlink_conntrack.h).
 *
 * @param original the flow of its first packet
 * @param reply the flow that replies will have; where its source is not the original's destination, the destination is translated
 * @param seconds how long it is remembered
 * @param status {@code IPS_*}
 * @param state {@code enum tcp_conntrack}; 0 for other protocols
 * @param mark 0 for none
 */
public record NewConnection(Flow original, Flow reply, int seconds, int status, int state, int mark) {
    public static final int SYN_SENT = 1; // TCP_CONNTRACK_SYN_SENT
    public static final int ESTABLISHED = 3; // TCP_CONNTRACK_ESTABLISHED

    public static final int SEEN_REPLY = 0x2; // IPS_SEEN_REPLY
    public static final int ASSURED = 0x4; // IPS_ASSURED: not given up for others where there is little room
    public static final int FIXED_TIMEOUT = 0x400; // IPS_FIXED_TIMEOUT: its packets do not prolong it
    private static final int CONFIRMED = 0x8; // IPS_CONFIRMED

    private static final Key<Attributes> NAT_DESTINATION = Key.flaggedNested(13, "CTA_NAT_DST");
    private static final Key<IpAddress> LEAST_IPV4 = Key.address(1, "CTA_NAT_V4_MINIP");
    private static final Key<IpAddress> MOST_IPV4 = Key.address(2, "CTA_NAT_V4_MAXIP");
    private static final Key<Attributes> NAT_PORTS = Key.flaggedNested(3, "CTA_NAT_PROTO");
    private static final Key<IpAddress> LEAST_IPV6 = Key.address(4, "CTA_NAT_V6_MINIP");
    private static final Key<IpAddress> MOST_IPV6 = Key.address(5, "CTA_NAT_V6_MAXIP");
    private static final Key<Integer> LEAST_PORT = Key.bigEndian16(1, "CTA_PROTONAT_PORT_MIN");
    private static final Key<Integer> MOST_PORT = Key.bigEndian16(2, "CTA_PROTONAT_PORT_MAX");

    public NewConnection {
        if (!reply.destination().equals(original.source())
                || reply.destinationPort() != original.reversed().destinationPort()) {
            throw new IllegalArgumentException("only the destination of " + original + " can be translated: " + reply);
        }
    }

    /** One that is not translated, without a state. */
    public static NewConnection of(Flow original, int seconds) {
        return new NewConnection(original, original.reversed(), seconds, 0, 0, 0);
    }

    public NewConnection answeredAs(Flow other) {
        return new NewConnection(original, other, seconds, status, state, mark);
    }

    public NewConnection inState(int other) {
        return new NewConnection(original, reply, seconds, status, other, mark);
    }

    public NewConnection withStatus(int other) {
        return new NewConnection(original, reply, seconds, other, state, mark);
    }

    public NewConnection withMark(int other) {
        return new NewConnection(original, reply, seconds, status, state, other);
    }

    Bytes body() {
        var all = new ArrayList<Attribute>();
        all.add(ConntrackMessage.ORIGINAL.to(ConntrackMessage.tuple(original)));
        // as it would be without a translation: the kernel works out the translated one from CTA_NAT_DST
        all.add(ConntrackMessage.REPLY.to(ConntrackMessage.reply(original)));
        all.add(ConntrackMessage.STATUS.to(status | CONFIRMED));
        all.add(ConntrackMessage.TIMEOUT.to(seconds));
        if (mark != 0) {
            all.add(ConntrackMessage.MARK.to(mark));
        }
        if (state != 0) {
            all.add(ConntrackMessage.PROTOCOL_STATE.to(ConntrackMessage.tcp(state)));
        }
        if (!reply.equals(original.reversed())) {
            all.add(NAT_DESTINATION.to(translation()));
        }
        return new NftHeader(original.family().number(), 0, 0).body(new Attributes(all));
    }

    private Attributes translation() {
        IpAddress to = reply.source();
        Attributes address = original.family() == Family.IPV4
                ? Attributes.of(LEAST_IPV4.to(to), MOST_IPV4.to(to))
                : Attributes.of(LEAST_IPV6.to(to), MOST_IPV6.to(to));
        return original.protocol().hasPorts()
                ? address.with(NAT_PORTS.to(
                        Attributes.of(LEAST_PORT.to(reply.sourcePort()), MOST_PORT.to(reply.sourcePort()))))
                : address;
    }
}
