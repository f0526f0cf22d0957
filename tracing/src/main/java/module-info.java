/** Floor 4: probes and observers to sightings. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.tracing {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.path;
    requires transitive dev.lasthop.packet;
    requires transitive dev.lasthop.bpf;

    exports dev.lasthop.tracing;
}
