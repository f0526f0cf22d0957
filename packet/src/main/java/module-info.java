/** Floor 1: packets as values, checksums, taps on interfaces, pcapng. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.packet {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.linux;
    requires transitive dev.lasthop.address;

    exports dev.lasthop.packet;
    exports dev.lasthop.packet.probe;
}
