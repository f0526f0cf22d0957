/** Floor 5, pure: dossier to findings, with evidence and remedies. */
@org.jspecify.annotations.NullMarked
module dev.lasthop.diagnosis {
    requires static transitive org.jspecify;
    requires transitive dev.lasthop.json;
    requires transitive dev.lasthop.tracing;
    requires transitive dev.lasthop.wiring;

    exports dev.lasthop.diagnosis;
    exports dev.lasthop.diagnosis.faults;
}
