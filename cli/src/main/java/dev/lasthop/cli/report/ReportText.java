package dev.lasthop.cli.report;

import dev.lasthop.cli.frame.Lines;
import dev.lasthop.cli.frame.Style;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.diagnosis.Evidence;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Fixing;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.path.Hop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A report for the person at the terminal: the answer first, the evidence under it, the commands to type last. */
public final class ReportText {
    private static final String INDENT = "  ";
    private static final String COMMAND = "    ";

    private ReportText() {}

    public static List<String> lines(Report report, Optional<Fixing> fixing, Terminal terminal) {
        var lines = new ArrayList<String>();
        headline(report, terminal, lines);
        report.cause().ifPresent(cause -> {
            lines.add("");
            lines.addAll(Lines.wrap(cause.explanation(), terminal.width(), ""));
        });
        lines.add("");
        lines.addAll(PathPicture.lines(report, terminal));
        report.cause().ifPresent(cause -> evidence(cause, terminal, lines));
        alternatives(report, terminal, lines);
        notes(report, terminal, lines);
        remedies(report, fixing, terminal, lines);
        fixing.ifPresent(done -> fixed(done, terminal, lines));
        return lines;
    }

    /** The hops alone. */
    public static List<String> trace(Report report, Terminal terminal) {
        var lines = new ArrayList<String>();
        headline(report, terminal, lines);
        lines.add("");
        lines.addAll(PathPicture.lines(report, terminal));
        notes(report, terminal, lines);
        return lines;
    }

    private static void headline(Report report, Terminal terminal, List<String> lines) {
        String flow = report.source() + " " + terminal.choose("→", "->") + " " + report.destination() + " ("
                + report.protocol() + ", " + report.family() + ")";
        if (report.isHealthy()) {
            lines.add(terminal.paint(Style.GOOD, "healthy") + "  " + flow);
            return;
        }
        lines.add(terminal.paint(Style.BAD, report.verdict().toString()) + "  " + flow);
        lines.add(report.cause()
                .map(cause -> terminal.paint(Style.HEADING, cause.fault().title()) + "  ("
                        + cause.fault().id() + ", " + Math.round(cause.confidence() * 100) + " % sure)")
                .orElse("The evidence does not say why. Here is what was seen:"));
        report.lastHop()
                .ifPresent(last -> lines.addAll(Lines.wrap(
                        "last hop of the " + report.direction() + ": " + hop(last)
                                + report.nextHop()
                                        .map(next -> "; next would have been " + hop(next))
                                        .orElse(""),
                        terminal.width(),
                        "")));
    }

    private static String hop(Hop hop) {
        return hop.namespaceName() + " " + hop.linkName() + " (" + hop.direction() + ")";
    }

    private static void evidence(Finding cause, Terminal terminal, List<String> lines) {
        lines.add("");
        lines.add(terminal.paint(Style.FAINT, "evidence"));
        for (Evidence evidence : cause.evidence()) {
            lines.addAll(Lines.wrap(evidence.kind() + ": " + evidence.text(), terminal.width(), INDENT));
        }
    }

    private static void alternatives(Report report, Terminal terminal, List<String> lines) {
        if (!report.alternatives().isEmpty() && !report.isHealthy()) {
            List<String> others = report.alternatives().stream()
                    .map(other -> other.fault().id() + " (" + Math.round(other.confidence() * 100) + " %)")
                    .toList();
            lines.addAll(Lines.wrap("less likely: " + String.join(", ", others), terminal.width(), INDENT));
        }
    }

    /** How closely was looked; a note says it where it was less closely than can be, and why. */
    private static void notes(Report report, Terminal terminal, List<String> lines) {
        String observed = "observed at level " + report.level();
        if (report.notes().stream().noneMatch(note -> note.startsWith(observed))) {
            lines.add(INDENT + terminal.paint(Style.FAINT, observed));
        }
        report.notes().forEach(note -> lines.addAll(Lines.wrap("note: " + note, terminal.width(), INDENT)));
    }

    private static void remedies(Report report, Optional<Fixing> fixing, Terminal terminal, List<String> lines) {
        List<Remedy> remedies = report.cause().map(Finding::remedies).orElse(List.of());
        if (remedies.isEmpty() || fixing.filter(Fixing::fixed).isPresent()) {
            return;
        }
        lines.add("");
        Optional<Remedy> first = remedies.stream().filter(Remedy::isApplicable).findFirst();
        String start = "to mend it: ";
        for (Remedy remedy : remedies) {
            List<String> summary = Lines.wrap(start + remedy.summary(), terminal.width(), "");
            lines.add(terminal.paint(Style.HEADING, start) + summary.getFirst().substring(start.length()));
            lines.addAll(summary.subList(1, summary.size()));
            remedy.commands().stream()
                    .flatMap(String::lines)
                    .flatMap(command -> Lines.command(command, terminal.width() - COMMAND.length()).stream())
                    .forEach(line -> lines.add(COMMAND + line));
            if (!remedy.persistent().isEmpty()) {
                lines.addAll(Lines.wrap("for good: " + remedy.persistent(), terminal.width(), INDENT));
            }
            start = "or: ";
            if (fixing.isEmpty() && first.filter(remedy::equals).isPresent()) {
                lines.add(INDENT + "or let lasthop do it: the same command with --fix");
            }
        }
    }

    private static void fixed(Fixing fixing, Terminal terminal, List<String> lines) {
        lines.add("");
        for (Fixing.Change change : fixing.changes()) {
            change.step().commands().forEach(command -> lines.add("changed: " + command));
            change.undo().stream()
                    .flatMap(step -> step.commands().stream())
                    .forEach(command -> lines.add(INDENT + "undo: " + command));
        }
        fixing.failures().forEach(failure -> lines.add(terminal.paint(Style.BAD, "failed: ") + failure));
        if (fixing.changes().isEmpty() && fixing.failures().isEmpty()) {
            lines.add("nothing was changed: this is not Lasthop's to mend");
        }
        lines.add(
                fixing.fixed()
                        ? terminal.paint(Style.GOOD, "mended") + ": probed again, and it works"
                        : terminal.paint(Style.BAD, "not mended") + ": probed again, and it still does not work");
        fixing.next()
                .ifPresent(next -> lines.addAll(Lines.wrap(
                        "what is in the way now: " + next.fault().title() + " ("
                                + next.fault().id() + ")",
                        terminal.width(),
                        INDENT)));
    }
}
