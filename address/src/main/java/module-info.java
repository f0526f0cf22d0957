/** Floor 0: the words that every floor uses. IP address, prefix, MAC, longest-prefix match, flow. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.address {
    requires static transitive org.jspecify;

    exports dev.lasthop.address;
}
