package dev.lasthop.cli.report;

import dev.lasthop.cli.frame.Lines;
import dev.lasthop.cli.frame.Style;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.diagnosis.JourneyHop;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.Side;
import java.util.ArrayList;
import java.util.List;

/** The two journeys of a report drawn hop by hop, with how many of the probes were seen at each. */
public final class PathPicture {
    private static final int MOST_DOTS = 5;
    private static final String PREFIX = "netns:";

    private PathPicture() {}

    /** The request's hops and, where the reply matters, the reply's. Lines without an indent. */
    public static List<String> lines(Report report, Terminal terminal) {
        var lines = new ArrayList<String>();
        for (Side side : Side.values()) {
            List<JourneyHop> hops = report.hops().stream()
                    .filter(hop -> hop.side() == side && (hop.expected() || hop.seen() > 0))
                    .toList();
            if (!hops.isEmpty() && (side == Side.REQUEST || report.isHealthy() || wasReplying(report))) {
                journey(report, side, hops, terminal, lines);
            }
        }
        if (lines.isEmpty()) {
            lines.add(cut(terminal, "nothing was seen anywhere"));
        }
        return lines;
    }

    private static boolean wasReplying(Report report) {
        return report.direction() == Side.REPLY
                || report.hops().stream().anyMatch(hop -> hop.side() == Side.REPLY && hop.seen() > 0);
    }

    private static void journey(
            Report report, Side side, List<JourneyHop> hops, Terminal terminal, List<String> lines) {
        int namespaces =
                hops.stream().mapToInt(hop -> Lines.width(namespace(hop))).max().orElse(0);
        int links = hops.stream()
                .mapToInt(hop -> Lines.width(hop.hop().linkName()))
                .max()
                .orElse(0);
        boolean broken = !report.isHealthy() && report.direction() == side;
        if (!lines.isEmpty()) {
            lines.add("");
        }
        lines.add(terminal.paint(Style.FAINT, side.toString()));
        if (broken && report.lastHop().isEmpty()) {
            lines.add(cut(terminal, "not one was sent"));
        }
        for (JourneyHop hop : hops) {
            lines.add("  %s  %s  %-3s  %s  %s"
                    .formatted(
                            Lines.pad(namespace(hop), namespaces),
                            Lines.pad(hop.hop().linkName(), links),
                            hop.hop().direction(),
                            dots(hop.seen(), report.probes().sent(), terminal),
                            count(hop, report, terminal)));
            if (broken && report.lastHop().filter(hop.hop()::equals).isPresent()) {
                lines.add(cut(terminal, hop.seen() > 0 ? "the last hop where it was seen" : "it did not get out here"));
            }
        }
    }

    private static String cut(Terminal terminal, String words) {
        String mark = terminal.choose("╳", "X");
        String dash = terminal.choose("─", "-");
        return terminal.paint(Style.BAD, "  " + dash.repeat(4) + " " + mark + " " + words + " " + dash.repeat(4));
    }

    private static String count(JourneyHop hop, Report report, Terminal terminal) {
        String text = hop.seen() + " of " + report.probes().sent();
        String note = hop.expected() ? "" : "  (not on the predicted way)";
        return hop.seen() == 0 ? terminal.paint(Style.BAD, text) : text + note;
    }

    private static String dots(int seen, int sent, Terminal terminal) {
        int shown = Math.min(sent, MOST_DOTS);
        int full = sent == 0 ? 0 : Math.min(shown, (seen * shown + sent - 1) / sent);
        String filled = terminal.choose("●", "*").repeat(full);
        String empty = terminal.choose("○", ".").repeat(shown - full);
        return (full == 0 ? "" : terminal.paint(Style.GOOD, filled)) + empty;
    }

    private static String namespace(JourneyHop hop) {
        String name = hop.hop().namespaceName();
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }
}
