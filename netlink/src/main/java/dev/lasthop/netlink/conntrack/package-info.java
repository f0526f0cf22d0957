/** Connection tracking by netlink (nfnetlink subsystem 1, include/uapi/linux/netfilter/nfnetlink_conntrack.h). */
package dev.lasthop.netlink.conntrack;
