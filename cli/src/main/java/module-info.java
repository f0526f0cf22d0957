/** Floor 8: the command lasthop. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.cli {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.investigation;
    requires transitive dev.lasthop.lab;

    exports dev.lasthop.cli;
}
