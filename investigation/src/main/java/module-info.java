/** Floor 6: the whole method on the live kernel. Infer, send, watch, bracket, explain, mend, prove. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.investigation {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.diagnosis;
    requires transitive dev.lasthop.containers;

    exports dev.lasthop.investigation;
}
