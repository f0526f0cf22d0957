package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Protocol;
import java.util.Optional;

/**
 * A packet at one point of its predicted way: all that a rule can ask about.
 *
 * @param flow as it stands in the headers here
 * @param length of the IP packet, in bytes
 * @param timeToLive TTL or hop limit
 * @param mark the packet's mark, which rules set and policy routing reads
 * @param in the interface that it came in by; none for what this namespace sends
 * @param out the interface that it is to leave by; none where that is not decided yet
 * @param bridgePortIn with bridge-nf-call-iptables, the bridge port that it came in by while {@code in} is the bridge
 * @param tcpFlags the flags of a TCP segment as they stand in its header: 0x02 for SYN; 0 for other protocols
 * @param icmpType of an ICMP message; 0 for other protocols
 * @param tracking what connection tracking in this namespace says of it
 */
public record PacketState(
        Flow flow,
        int length,
        boolean dontFragment,
        int timeToLive,
        int mark,
        IfIndex in,
        IfIndex out,
        IfIndex bridgePortIn,
        IfIndex bridgePortOut,
        Optional<MacAddress> sourceMac,
        Optional<MacAddress> destinationMac,
        int tcpFlags,
        int icmpType,
        int icmpCode,
        Tracking tracking) {
    static final int SOLICITATION = 135; // ICMPv6 types of neighbour discovery, RFC 4861
    static final int ADVERTISEMENT = 136;

    /** Whether it asks who has an IPv6 address, or answers that. */
    public boolean isNeighborDiscovery() {
        return flow.protocol().equals(Protocol.ICMPV6) && (icmpType == SOLICITATION || icmpType == ADVERTISEMENT);
    }

    public PacketState withFlow(Flow changed) {
        return new PacketState(
                changed,
                length,
                dontFragment,
                timeToLive,
                mark,
                in,
                out,
                bridgePortIn,
                bridgePortOut,
                sourceMac,
                destinationMac,
                tcpFlags,
                icmpType,
                icmpCode,
                tracking);
    }

    public PacketState withMark(int changed) {
        return new PacketState(
                flow,
                length,
                dontFragment,
                timeToLive,
                changed,
                in,
                out,
                bridgePortIn,
                bridgePortOut,
                sourceMac,
                destinationMac,
                tcpFlags,
                icmpType,
                icmpCode,
                tracking);
    }

    public PacketState withLinks(IfIndex newIn, IfIndex newOut, IfIndex newBridgePortIn, IfIndex newBridgePortOut) {
        return new PacketState(
                flow,
                length,
                dontFragment,
                timeToLive,
                mark,
                newIn,
                newOut,
                newBridgePortIn,
                newBridgePortOut,
                sourceMac,
                destinationMac,
                tcpFlags,
                icmpType,
                icmpCode,
                tracking);
    }

    public PacketState withTracking(Tracking changed) {
        return new PacketState(
                flow,
                length,
                dontFragment,
                timeToLive,
                mark,
                in,
                out,
                bridgePortIn,
                bridgePortOut,
                sourceMac,
                destinationMac,
                tcpFlags,
                icmpType,
                icmpCode,
                changed);
    }

    public PacketState withMacs(MacAddress newSource, MacAddress newDestination) {
        return new PacketState(
                flow,
                length,
                dontFragment,
                timeToLive,
                mark,
                in,
                out,
                bridgePortIn,
                bridgePortOut,
                Optional.of(newSource),
                Optional.of(newDestination),
                tcpFlags,
                icmpType,
                icmpCode,
                tracking);
    }

    public PacketState withTimeToLive(int changed) {
        return new PacketState(
                flow,
                length,
                dontFragment,
                changed,
                mark,
                in,
                out,
                bridgePortIn,
                bridgePortOut,
                sourceMac,
                destinationMac,
                tcpFlags,
                icmpType,
                icmpCode,
                tracking);
    }

    public PacketState withLength(int changed) {
        return new PacketState(
                flow,
                changed,
                dontFragment,
                timeToLive,
                mark,
                in,
                out,
                bridgePortIn,
                bridgePortOut,
                sourceMac,
                destinationMac,
                tcpFlags,
                icmpType,
                icmpCode,
                tracking);
    }

    /** Connection tracking's view in one namespace. */
    public record Tracking(State state, boolean reply, Optional<Flow> original, int mark, int status) {
        public static final Tracking UNTRACKED = new Tracking(State.UNTRACKED, false, Optional.empty(), 0, 0);

        /** {@code enum ip_conntrack_info}, less the direction. */
        public enum State {
            NEW,
            ESTABLISHED,
            RELATED,
            INVALID,
            UNTRACKED
        }
    }
}
