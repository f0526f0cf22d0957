/** Floor 6: throw-away networks with chosen faults, and their mending. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.lab {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.diagnosis;

    exports dev.lasthop.lab;
}
