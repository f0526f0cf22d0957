/** Floor 3, pure: snapshot + flow to the predicted path, request and reply. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.path {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.topology;

    exports dev.lasthop.path;
    exports dev.lasthop.path.filter;
}
