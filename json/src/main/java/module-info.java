/**
 * Floor 0: JSON as a small immutable tree, read with bounds, written in a stable form. Jackson's streaming core does the bytes and
 * does not show in the API, so that a caller depends on this module alone and loads the parser only when it reads or writes.
 */
@org.jspecify.annotations.NullMarked
module dev.lasthop.json {
    requires static transitive org.jspecify;
    requires tools.jackson.core;

    exports dev.lasthop.json;
}
