/**
 * Floor 3: declared network to plan, each step with its undo; journal; leases; drivers. {@code step} holds the changes that can be
 * made, and is all that remedies and the lab need.
 */
@org.jspecify.annotations.NullMarked
module dev.lasthop.wiring {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.json;
    requires transitive dev.lasthop.topology;

    exports dev.lasthop.wiring;
    exports dev.lasthop.wiring.step;
}
