/**
 * The packet filter's rule set by netlink (nfnetlink subsystem 10, include/uapi/linux/netfilter/nf_tables.h): its tables, chains, rules
 * and sets as messages, transactions that change them, and the trace of a packet's way through them.
 */
package dev.lasthop.netlink.nftables;
