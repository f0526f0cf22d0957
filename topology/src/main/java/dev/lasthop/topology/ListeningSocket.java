package dev.lasthop.topology;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;

/**
 * A socket that waits for connections (TCP, SCTP) or is bound to a port (UDP).
 *
 * @param address the address that it is bound to; 0.0.0.0 or :: for all
 * @param link the interface that it is bound to; none is 0
 * @param ipv6Only whether a socket on :: leaves IPv4 alone
 * @param connected whether it is a UDP socket that talks to one peer only
 * @param queued connections (or bytes, for UDP) that wait to be taken
 * @param backlog how many may wait
 * @param inode the socket's number, which names its process
 */
public record ListeningSocket(
        Protocol protocol,
        IpAddress address,
        int port,
        IfIndex link,
        boolean ipv6Only,
        boolean connected,
        int queued,
        int backlog,
        long inode) {}
