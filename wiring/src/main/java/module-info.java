/** Floor 3: declared network to plan, each step with its undo; journal; leases; drivers. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.wiring {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.topology;

    exports dev.lasthop.wiring;
}
