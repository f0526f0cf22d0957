package dev.lasthop.packet.probe;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;

/**
 * Somebody said to have an address.
 *
 * @param address what was asked for
 * @param mac the link-layer address that the answer tells
 * @param from the link-layer address that the frame came from; another one where somebody answers for somebody else
 * @param nanos when, on the clock of {@link System#nanoTime}
 */
public record NeighborAnswer(IpAddress address, MacAddress mac, MacAddress from, long nanos) {}
