package dev.lasthop.wiring.step;

/** {@link LinkStep}s as an administrator would type them. */
final class LinkWords {
    private LinkWords() {}

    static String command(LinkStep step) {
        Place place = step.place();
        Words set = Words.of("link set").add(step.name());
        return switch (step) {
            case LinkStep.CreateVeth s -> place.ip(veth(s));
            case LinkStep.Create s -> place.ip(create(s));
            case LinkStep.CreateInside s -> place.ip(createInside(s));
            case LinkStep.Delete s ->
                place.ip(Words.of("link del").add(s.name()).toString());
            case LinkStep.Move s -> {
                set.add("netns", netns(s.to()));
                yield place.ip((s.newName().equals(s.name()) ? set : set.add("name", s.newName())).toString());
            }
            case LinkStep.Rename s -> place.ip(set.add("name", s.newName()).toString());
            case LinkStep.Flag s -> place.ip(set + " " + s.flag().words(s.on()));
            case LinkStep.Mtu s -> place.ip(set.add("mtu", s.mtu()).toString());
            case LinkStep.Mac s -> place.ip(set.add("address", s.mac()).toString());
            case LinkStep.Group s -> place.ip(set.add("group", s.number()).toString());
            case LinkStep.Master s ->
                place.ip(set.addIf("master", s.master())
                        .addIf(s.master().isEmpty(), "nomaster")
                        .toString());
            case LinkStep.PortOption s ->
                place.bridge(Words.of("link set dev").add(s.name()) + " "
                        + s.option().words(s.value()));
            case LinkStep.AddVlans s -> place.bridge(vlans("add", s.name(), s.vlans()));
            case LinkStep.DeleteVlans s -> place.bridge(vlans("del", s.name(), s.vlans()));
            case LinkStep.BridgeOption s ->
                place.ip(set.add("type", "bridge")
                        .add(s.option().word(), s.value())
                        .toString());
        };
    }

    private static String veth(LinkStep.CreateVeth step) {
        LinkStep.End peer = step.peer();
        Words words = attributes(Words.of("link add").add(step.name()), step.end());
        attributes(words.add("type", "veth").add("peer").add("name", peer.name()), peer);
        return (peer.place().equals(step.place()) ? words : words.add("netns", netns(peer.place()))).toString();
    }

    private static Words attributes(Words words, LinkStep.End end) {
        return words.addIf("address", end.mac()).addIf("mtu", end.mtu());
    }

    private static String create(LinkStep.Create step) {
        Words words =
                named(step.name(), step.kind()).addIf("address", step.mac()).addIf("mtu", step.mtu());
        return words.add("type", step.kind().kernelName()) + step.kind().options();
    }

    private static String createInside(LinkStep.CreateInside step) {
        Words words = attributes(named(step.name(), step.kind()), step.end())
                .add("netns", netns(step.end().place()));
        return words.add("type", step.kind().kernelName()) + step.kind().options();
    }

    private static Words named(String name, LinkStep.Kind kind) {
        return Words.of("link add").addIf("link", kind.shares()).add("name", name);
    }

    private static String vlans(String verb, String port, LinkStep.Vlans vlans) {
        return Words.of("vlan").add(verb).add("dev", port) + " " + vlans.words();
    }

    private static String netns(Place place) {
        return switch (place) {
            case Place.Host host -> "1";
            case Place.Named named -> named.name();
            case Place.OfProcess process -> Long.toString(process.pid());
            case Place.OfFile file -> file.path().toString();
            case Place.Live live -> live.namespace().path().toString();
        };
    }
}
