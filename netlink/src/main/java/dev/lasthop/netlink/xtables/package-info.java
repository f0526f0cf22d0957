/**
 * The tables that {@code iptables-legacy} edits, by socket options on a raw socket
 * (include/uapi/linux/netfilter_ipv4/ip_tables.h, netfilter_ipv6/ip6_tables.h, netfilter/x_tables.h).
 */
package dev.lasthop.netlink.xtables;
