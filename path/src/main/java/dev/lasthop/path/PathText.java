package dev.lasthop.path;

import dev.lasthop.address.Prefix;
import dev.lasthop.topology.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A prediction as text: the interfaces one below the other, and between them what is done with the packet. */
public final class PathText {
    private PathText() {}

    public static String of(Prediction prediction) {
        var out = new StringBuilder("request\n");
        draw(prediction.request(), out);
        prediction.reply().ifPresent(reply -> {
            out.append("reply\n");
            draw(reply, out);
        });
        return out.toString();
    }

    public static String of(Path path) {
        var out = new StringBuilder();
        draw(path, out);
        return out.toString();
    }

    private static void draw(Path path, StringBuilder out) {
        List<Passage> passages = path.passages();
        int names = passages.stream()
                .mapToInt(passage -> passage.hop().namespaceName().length())
                .max()
                .orElse(0);
        int links = passages.stream()
                .mapToInt(passage -> passage.hop().linkName().length())
                .max()
                .orElse(0);
        for (PathElement element : path.elements()) {
            switch (element) {
                case Passage passage -> {
                    String line = "  %-" + Math.max(1, names) + "s  %-" + Math.max(1, links) + "s  %-3s  %s";
                    Hop hop = passage.hop();
                    out.append(line.formatted(hop.namespaceName(), hop.linkName(), hop.direction(), passage.flow()))
                            .append('\n');
                }
                case Stage stage ->
                    text(stage)
                            .ifPresent(text -> out.append("      ").append(text).append('\n'));
            }
        }
        out.append("  = ").append(ending(path.ending())).append('\n');
    }

    private static Optional<String> text(Stage stage) {
        return switch (stage) {
            case Stage.RoutingDecision routed -> Optional.of(routing(routed));
            case Stage.BridgeForwarding bridged -> bridging(bridged);
            case Stage.NeighborResolution found -> neighbor(found);
            case Stage.FilterVerdict verdict -> filter(verdict);
            case Stage.NatRewrite rewrite ->
                Optional.of("nat " + rewrite.hook() + ": " + rewrite.before() + " becomes " + rewrite.after()
                        + rewrite.by().map(rule -> " by " + rule.text()).orElse(" (known connection)"));
            case Stage.OldConnection old ->
                Optional.of("connection " + old.entry().original() + " was known before: no rule is asked anew");
            case Stage.Fragmentation cut ->
                Optional.of("cut into fragments: " + cut.length() + " bytes, "
                        + cut.out().linkName() + " takes " + cut.mtu());
            case Stage.Encapsulation into ->
                Optional.of("into tunnel " + into.tunnel().linkName() + " vni " + into.vni());
            case Stage.Decapsulation from ->
                Optional.of("out of tunnel " + from.tunnel().linkName() + " vni " + from.vni());
            case Stage.ForeignProgram program ->
                Optional.of("XDP program " + program.program() + " on " + program.at() + ": unknown");
            case Stage.LocalDelivery delivery -> Optional.empty();
        };
    }

    private static String routing(Stage.RoutingDecision routed) {
        Route route = routed.route();
        String prefix = route.destination().equals(Prefix.all(route.family()))
                ? "default"
                : route.destination().toString();
        String via = routed.nextHop().equals(routed.destination()) ? "" : " via " + routed.nextHop();
        String table = route.table() == Route.TABLE_MAIN || route.table() == Route.TABLE_LOCAL
                ? ""
                : " table " + Integer.toUnsignedString(route.table());
        String several = routed.live() > 1 ? ", first of " + routed.live() + " next hops" : "";
        return "route " + prefix + via + " dev " + routed.out().linkName() + table + several;
    }

    private static Optional<String> bridging(Stage.BridgeForwarding bridged) {
        return switch (bridged.choice()) {
            case LOCAL -> Optional.empty();
            case KNOWN ->
                Optional.of("bridge " + bridged.bridge().linkName() + ": port "
                        + bridged.out().getFirst().linkName());
            case FLOOD ->
                Optional.of("bridge " + bridged.bridge().linkName() + ": to all "
                        + bridged.out().size() + " ports");
        };
    }

    private static Optional<String> neighbor(Stage.NeighborResolution found) {
        if (found.answers().size() > 1) {
            return Optional.of(found.nextHop() + " has " + found.answers().size() + " owners: "
                    + found.answers().stream()
                            .map(answer -> answer.place().toString())
                            .collect(Collectors.joining(", ")));
        }
        return Optional.empty();
    }

    private static Optional<String> filter(Stage.FilterVerdict verdict) {
        HookOutcome outcome = verdict.outcome();
        return switch (outcome.verdict()) {
            case ACCEPT -> Optional.empty();
            case DROP, REJECT, QUEUE, UNKNOWN ->
                Optional.of(verdict.hook() + ": "
                        + outcome.verdict().name().toLowerCase(java.util.Locale.ROOT)
                        + outcome.decisive().map(PathText::decision).orElse(""));
        };
    }

    private static String decision(HookOutcome.Decision decision) {
        return " by " + decision.family() + " " + decision.table() + " " + decision.chain()
                + (decision.policy() ? " policy" : ": " + decision.text());
    }

    private static String ending(Ending ending) {
        return switch (ending) {
            case Ending.Delivered delivered ->
                "delivered in " + delivered.namespaceName()
                        + delivered
                                .socket()
                                .map(socket -> " to the listener on " + socket.address() + " port " + socket.port())
                                .orElse("");
            case Ending.Stopped stopped ->
                "stopped" + stopped.last().map(hop -> " after " + hop).orElse(" before the first interface") + ": "
                        + ObstacleText.of(stopped.obstacle());
            case Ending.LeftHost left -> "leaves by " + left.hop() + " for where it cannot be seen";
            case Ending.NeedsNamespace needs -> "goes on in a namespace that was not looked at";
            case Ending.Unknown unknown -> "unknown: " + unknown.why();
        };
    }

    /** The hops alone, for tests and for short lines: {@code netns:c1 eth0 out}, one an entry. */
    public static List<String> hops(Path path) {
        var hops = new ArrayList<String>();
        path.passages().forEach(passage -> hops.add(passage.hop().toString()));
        return hops;
    }
}
