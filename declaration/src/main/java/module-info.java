/**
 * Floor 4: networks and endpoints declared in a file, compared with what is on record, and brought about. SnakeYAML Engine reads the file and
 * does not show in the API: nothing of it is loaded but by who reads a declaration.
 */
@org.jspecify.annotations.NullMarked
module dev.lasthop.declaration {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.wiring;
    requires org.snakeyaml.engine;

    exports dev.lasthop.declaration;
}
