/** Floor 2: one immutable snapshot of the network namespaces that matter, decoded from a recording of what the kernel said. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.topology {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.netlink;

    exports dev.lasthop.topology;
}
