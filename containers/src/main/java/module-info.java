/** Floor 2: names to network namespaces. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.containers {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.linux;
    requires transitive dev.lasthop.address;
    requires dev.lasthop.json;

    exports dev.lasthop.containers;
}
