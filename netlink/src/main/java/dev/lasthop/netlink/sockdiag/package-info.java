/** Sockets by netlink (include/uapi/linux/sock_diag.h, inet_diag.h). */
package dev.lasthop.netlink.sockdiag;
