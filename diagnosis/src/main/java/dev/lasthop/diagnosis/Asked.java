package dev.lasthop.diagnosis;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;

/**
 * What the user asked.
 *
 * @param source the endpoint as the command line names it
 * @param destination as it was written
 * @param address what that came down to
 * @param port 0 for ICMP
 */
public record Asked(String source, String destination, IpAddress address, Protocol protocol, int port, int size) {}
