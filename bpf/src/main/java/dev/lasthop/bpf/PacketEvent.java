package dev.lasthop.bpf;

import java.util.List;

/**
 * Something that happened to a packet in the kernel.
 *
 * @param nanos when, on the clock of {@link System#nanoTime} (CLOCK_MONOTONIC)
 * @param skb tells the packets that are in the kernel at one time apart; used again later. 0 for {@link Kind#ROUTE}
 * @param namespaceInode of the network namespace; 0 if it cannot be told
 * @param ifIndex of the device that the packet is on; 0 if there is none. For ROUTE that which it leads to, or if it failed where the
 *     packet came from
 * @param device its name; empty if there is none
 * @param dropReason for DROP the kernel's own, such as {@code NETFILTER_DROP}; {@code NOT_SPECIFIED} where the kernel gives none
 * @param function for DROP the function that dropped it; empty where the kernel hides its addresses
 * @param stack for DROP and a failed ROUTE the functions that led there, innermost first
 * @param family AF_INET or AF_INET6 for IP, 0 for others (ARP)
 * @param packet its first bytes, at most {@value #MOST_BYTES}, from the network header on. For ROUTE the source and the destination
 *     address that were looked up. Empty at the perf level
 * @param length in bytes from the network header on
 * @param error for ROUTE: 0 or minus the error number
 * @param detail for ROUTE the table; for ICMP_SENT the type, and the code in the lower 8 bits
 * @param followed the packet does not look like the wanted flow (any more): it was recognised before it was translated or wrapped
 */
@SuppressWarnings("ArrayRecordComponent") // bytes as they are; whoever decodes them does not change them
public record PacketEvent(
        long nanos,
        Kind kind,
        long skb,
        long namespaceInode,
        int ifIndex,
        String device,
        String dropReason,
        String function,
        List<String> stack,
        int family,
        byte[] packet,
        int length,
        int error,
        int detail,
        boolean followed) {
    public static final int MOST_BYTES = 128;

    /** What happened. */
    public enum Kind {
        /** A device handed it to the network stack: {@code netif_receive_skb}. */
        RECEIVED,
        /** It was given to a device: {@code net_dev_start_xmit}. */
        SENT,
        /** It was thrown away: {@code kfree_skb}. Some of these are no loss, such as the end of each ICMP echo reply. */
        DROP,
        /** A route was looked for: {@code fib_table_lookup}, {@code fib6_table_lookup}. */
        ROUTE,
        /** An ICMP error was about to be sent because of it: {@code icmp_send}. */
        ICMP_SENT
    }
}
