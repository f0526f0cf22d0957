/** Floor 1: netlink messages as values, and the sockets that carry them. A sub-package is a netlink family. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.netlink {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.linux;
    requires transitive dev.lasthop.address;

    exports dev.lasthop.netlink;
    exports dev.lasthop.netlink.conntrack;
    exports dev.lasthop.netlink.nftables;
    exports dev.lasthop.netlink.route;
    exports dev.lasthop.netlink.sockdiag;
    exports dev.lasthop.netlink.xtables;
}
