package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Fault;
import dev.lasthop.diagnosis.Finding;
import dev.lasthop.diagnosis.Group;
import dev.lasthop.diagnosis.Page;
import dev.lasthop.diagnosis.Remedy;
import dev.lasthop.path.Obstacle;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Somebody reloaded the firewall, and the network's own rules went with the old ones. */
public final class RulesFlushed implements Fault {
    private static final Pattern ABOUT_RULES =
            Pattern.compile("\\b(rules?|tables?|chains?|sets?|maps?|elements?|ports?)\\b");

    /** Stateless. */
    public RulesFlushed() {}

    @Override
    public Page page() {
        return new Page(
                "rules-flushed",
                Group.FIREWALL,
                "A firewall reload removed the network's rules",
                "Lasthop's record of the network declares rules that are not there any more, and what happens to the packet is what "
                        + "those rules prevent.",
                "The network is repaired: its own rules are put back, nobody else's are touched.");
    }

    @Override
    public Stream<Finding> examine(Dossier dossier) {
        boolean fits = dossier.obstacle(Obstacle.Filtered.class).findAny().isPresent()
                || dossier.obstacle(Obstacle.NoListener.class).anyMatch(none -> PublishMissing.applies(dossier, none))
                || Unreturned.in(dossier)
                        .filter(lost -> MasqueradeMissing.isMissing(dossier, lost))
                        .isPresent();
        if (!fits) {
            return Stream.empty();
        }
        return dossier.declared().stream()
                .filter(declared -> !missing(declared).isEmpty())
                .limit(1)
                .map(declared -> {
                    Finding finding = Finding.of(
                                    this,
                                    0.98,
                                    "The network %s has lost rules that it was made with: %s. A reload of the firewall does that."
                                            .formatted(declared.network(), String.join("; ", missing(declared))))
                            .because(dossier.bracket())
                            .mendedBy(Remedy.of("put the network's rules back", "network", declared.repair()));
                    for (String line : missing(declared)) {
                        finding = finding.because("rule", "missing: " + line);
                    }
                    return finding;
                });
    }

    private static List<String> missing(Dossier.Declared declared) {
        return declared.missing().stream()
                .filter(line -> ABOUT_RULES.matcher(line).find())
                .toList();
    }
}
