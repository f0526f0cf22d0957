/** Floor 8: the command lasthop. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.cli {
    requires static org.jspecify;
    requires dev.lasthop.declaration;
    requires dev.lasthop.json;
    requires dev.lasthop.linux;
    requires dev.lasthop.lab;
    requires dev.lasthop.investigation;
}
