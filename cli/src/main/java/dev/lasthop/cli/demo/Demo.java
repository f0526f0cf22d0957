package dev.lasthop.cli.demo;

import dev.lasthop.cli.frame.Lines;
import dev.lasthop.cli.report.PathPicture;
import dev.lasthop.diagnosis.Evidence;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Injection;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.investigation.Repair;
import dev.lasthop.lab.Chapter;
import dev.lasthop.lab.Chapter.Topic;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.Listener;
import dev.lasthop.lab.Question;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The play: a container is wired, its packets get lost, the place and the cause are found, mended, and proved mended. Everything that
 * is said of the packets was seen on this kernel a moment before.
 */
final class Demo {
    static final String LECTURE = "ip-forward-disabled";
    private static final int ATTEMPTS = 3;

    private final Lab lab;
    private final Fault fault;
    private final Injection injection;
    private final Question question;
    private final Examiner examiner;
    private final Screen screen;
    private Optional<Listener> service = Optional.empty();

    Demo(Lab lab, Fault fault, Injection injection, Examiner examiner, Screen screen) {
        this.lab = lab;
        this.fault = fault;
        this.injection = injection;
        this.question = Question.of(lab.scene(), injection);
        this.examiner = examiner;
        this.screen = screen;
    }

    /**
     * What came of it.
     *
     * @param asTold whether everything went as the demo says that it goes
     */
    record Outcome(boolean asTold, Report broken, Report mended) {}

    Outcome play() {
        try {
            build();
            boolean worked = isLecture() || isInherent() || breakIt();
            Report broken = examiner.examine(question);
            lost(broken);
            boolean named = cause(broken);
            Optional<Report> mended = mend(broken) ? Optional.of(prove()) : Optional.empty();
            remove();
            boolean works = mended.map(Report::isHealthy).orElse(true);
            return new Outcome(worked && named && works, broken, mended.orElse(broken));
        } finally {
            service.ifPresent(Listener::close);
        }
    }

    private boolean isLecture() {
        return fault.id().equals(LECTURE);
    }

    /** Whether nothing has to be done for this fault: the network is like that. */
    private boolean isInherent() {
        return question.port().isEmpty() && injection.steps().apply(lab.scene()).isEmpty();
    }

    private void build() {
        for (Chapter chapter : lab.plan().chapters()) {
            if (chapter.topic() == Topic.FORWARDING && isLecture()) {
                continue; // this is what the lecture forgets
            }
            lab.build(chapter);
            if (chapter.topic() != Topic.KNOWN_VALUES) {
                screen.step(chapter.title(), chapter.text(), chapter.commands(injection.family()));
            }
            if (chapter.topic() == Topic.NAMESPACES) {
                screen.block(List.of(
                        "Three parts, each a network namespace of its own. Beside what is shown, the",
                        "other address family is set up the same way."));
            }
        }
        if (question.port().isPresent()) {
            service = lab.serve(Optional.of(""));
        }
    }

    /** Shows that it works, then breaks it. Whether it worked. */
    private boolean breakIt() {
        Report healthy = untilHealthy();
        screen.step("It works", asked(), List.of(attempt()));
        screen.outcome(healthy.isHealthy(), counts(healthy));
        screen.block(PathPicture.lines(healthy, screen.terminal()));
        List<Step> steps = injection.steps().apply(lab.scene());
        lab.inject(fault.id(), steps);
        service.ifPresent(Listener::close);
        service = question.port().isPresent() ? lab.serve(Optional.of(fault.id())) : Optional.empty();
        screen.step(
                "Something breaks",
                steps.isEmpty() ? "The service is no longer as it was." : "Nobody tells you that this was done:",
                steps.stream().flatMap(step -> step.commands().stream()).toList());
        return healthy.isHealthy();
    }

    private void lost(Report report) {
        screen.step(isLecture() ? "All is wired. Does it work?" : "Does it still work?", asked(), List.of(attempt()));
        screen.outcome(report.isHealthy(), counts(report));
        screen.step(
                "Where do the packets stop?",
                "By hand: one capture at each place on the way, and the same again. Lasthop works out the way from the "
                        + "kernel's own tables, and looks at all places at once:",
                List.of("lasthop diagnose " + String.join(" ", question.arguments())));
        screen.block(PathPicture.lines(report, screen.terminal()));
    }

    /** Whether the cause is the one that was put in. */
    private boolean cause(Report report) {
        Optional<Finding> cause = report.cause();
        if (cause.isEmpty()) {
            screen.step("Why?", "The evidence does not say why.", List.of());
            screen.outcome(false, "This is not what the demo was to show: the cause is " + fault.id() + ".");
            return false;
        }
        Finding finding = cause.get();
        screen.step("Why?", finding.fault().title() + " (" + finding.fault().id() + ").", List.of());
        screen.gap();
        screen.wrapped(finding.explanation());
        var evidence = new ArrayList<String>();
        for (Evidence fact : finding.evidence()) {
            List<String> lines = Lines.wrap(fact.kind() + ": " + fact.text(), 74, "  ");
            evidence.add("- " + lines.getFirst().strip());
            evidence.addAll(lines.subList(1, lines.size()));
        }
        screen.block(evidence);
        boolean right = finding.fault().id().equals(fault.id());
        if (!right) {
            screen.outcome(false, "This is not what the demo was to show: the cause is " + fault.id() + ".");
        }
        return right;
    }

    /** Whether something was done that ought to help. */
    private boolean mend(Report report) {
        Optional<Remedy> remedy = injection.mendable() ? Repair.choose(report) : Optional.empty();
        if (remedy.isPresent()) {
            try (Places places = Places.here()) {
                var repair = new Repair(places);
                repair.apply(remedy.get());
                screen.step(
                        "Mending it",
                        sentence(remedy.get().summary()),
                        remedy.get().commands());
                repair.failures().forEach(failure -> screen.outcome(false, failure));
            }
            return true;
        }
        List<String> advice = report.cause().map(Finding::remedies).orElse(List.of()).stream()
                .flatMap(other -> other.commands().stream())
                .toList();
        if (isInherent()) {
            screen.step("Mending it", "Lasthop leaves this to a person.", advice);
            return false;
        }
        screen.step("Mending it", "Lasthop leaves this to a person; here, what was broken is taken back.", advice);
        lab.mend().forEach(problem -> screen.outcome(false, problem));
        service.ifPresent(Listener::close);
        service = question.port().isPresent() ? lab.serve(Optional.of("")) : Optional.empty();
        return true;
    }

    private Report prove() {
        Report mended = untilHealthy();
        screen.step("Proof", asked(), List.of(attempt()));
        screen.outcome(mended.isHealthy(), counts(mended));
        screen.block(PathPicture.lines(mended, screen.terminal()));
        return mended;
    }

    private void remove() {
        service.ifPresent(Listener::close);
        service = Optional.empty();
        List<String> commands = lab.plan().removal().stream()
                .flatMap(step -> step.commands().stream())
                .toList();
        lab.remove();
        screen.step(
                "Everything is removed",
                "Links, addresses, routes and rules end with the namespaces that they are in. Nothing else of this machine "
                        + "was touched.",
                commands);
    }

    /** What was just made or mended may need a moment: neighbours are asked for, a bridge learns. */
    private Report untilHealthy() {
        Report report = examiner.examine(question);
        for (int again = 1; again < ATTEMPTS && !report.isHealthy(); again++) {
            report = examiner.examine(question);
        }
        return report;
    }

    private String asked() {
        String what = question.port().isPresent() ? " is called from " : " is pinged from ";
        return question.destination() + what + question.source().label()
                + question.size().stream()
                        .mapToObj(size -> " with packets of " + size + " bytes")
                        .findFirst()
                        .orElse("")
                + ".";
    }

    /** What a person would type to try. */
    private String attempt() {
        if (question.port().isPresent()) {
            String from = question.sourcePort().isPresent()
                    ? "-p " + question.sourcePort().getAsInt() + " "
                    : "";
            return question.source()
                    .run("nc -zv -w 2 " + from + question.address() + " "
                            + question.port().getAsInt());
        }
        int header = question.address().family() == dev.lasthop.address.Family.IPV4 ? 28 : 48; // IP and ICMP
        String size =
                question.size().isPresent() ? "-M do -s " + (question.size().getAsInt() - header) + " " : "";
        return question.source().run("ping -c " + Examiner.PROBES + " " + size + question.address());
    }

    private static String counts(Report report) {
        Report.Counts probes = report.probes();
        return probes.sent() + " sent, " + probes.answered() + " answered.";
    }

    private static String sentence(String summary) {
        return summary.isEmpty() ? "" : Character.toUpperCase(summary.charAt(0)) + summary.substring(1) + ".";
    }
}
