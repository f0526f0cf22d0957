package dev.lasthop.wiring;

import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table itself against how it was made: its sets and chains by their kind, and each chain's rules by what they mean, in order. What is
 * the users' is theirs: their chain's rules, and chains and sets that Lasthop did not make.
 */
final class TableParts {
    private final Differences differences;
    private final Map<String, SetMessage> sets = new TreeMap<>();
    private final Map<String, ChainMessage> chains = new TreeMap<>();
    private final Map<String, List<RuleMessage>> rules;
    private final boolean isDormant;

    TableParts(Site host, Differences differences) {
        this.differences = differences;
        TableContents.things(host).forEach(thing -> {
            switch (thing) {
                case ChainMessage chain -> chains.put(chain.name(), chain);
                case SetMessage set -> sets.put(set.name(), set);
                default -> {}
            }
        });
        rules = TableContents.rules(host);
        isDormant = TableContents.table(host)
                .filter(table -> (table.flags() & TableMessage.DORMANT) != 0)
                .isPresent();
    }

    /**
     * Finds what differs.
     *
     * @param applications those whose helpers' rules are to be there
     * @param elements all that are on record
     * @return the sets that will hold what is on record, since they are made again
     */
    Set<String> compare(List<Application> applications, List<TableElement> elements) {
        if (isDormant) {
            FirewallStep wake = TableDesign.renew(TableMessage.class::isInstance);
            differences.found("table inet lasthop sleeps: none of its rules is asked", wake);
        }
        List<FirewallStep> parts = new ArrayList<>(List.of(TableDesign.renew(_ -> true)));
        applications.forEach(application -> parts.add(HelperRules.create(application)));
        List<NftMessage> unlike = things(parts).filter(this::isOfAnotherKind).toList();
        if (!unlike.isEmpty()) {
            return madeAnew(parts, unlike, elements);
        }
        lostSets();
        rulesOf(TableDesign.create()).forEach(this::chain);
        applications.forEach(this::helper);
        return Set.of();
    }

    private static String in() {
        return " (table inet lasthop)";
    }

    private void chain(ChainMessage made, List<RuleMessage> itsRules) {
        String name = made.name();
        Predicate<NftMessage> itself =
                thing -> thing instanceof ChainMessage chain && chain.name().equals(name);
        Predicate<NftMessage> inIt =
                thing -> thing instanceof RuleMessage rule && rule.chain().equals(name);
        ChainMessage there = chains.get(name);
        if (there == null) {
            differences.found("chain " + name + " is gone" + in(), TableDesign.renew(itself.or(inIt)));
            return;
        }
        if (!there.policy().equals(made.policy())) {
            differences.found(
                    "chain " + name + " drops what none of its rules takes, and was made to accept it" + in(),
                    TableDesign.renew(itself));
        }
        difference(name, itsRules).ifPresent(what -> differences.found(what + in(), TableDesign.renew(inIt)));
    }

    private void helper(Application application) {
        FirewallStep made = HelperRules.create(application);
        List<String> found = new ArrayList<>();
        rulesOf(made).forEach((ChainMessage chain, List<RuleMessage> itsRules) -> {
            if (chains.containsKey(chain.name())) {
                difference(chain.name(), itsRules).ifPresent(found::add);
            } else {
                found.add("chain " + chain.name() + " is gone");
            }
        });
        if (!found.isEmpty()) {
            differences.found("helper " + application + ": " + String.join("; ", found) + in(), made);
        }
    }

    private Optional<String> difference(String chain, List<RuleMessage> made) {
        return chain.equals(OwnTable.USER_CHAIN)
                ? Optional.empty()
                : new RuleDifference(chain, sets).between(made, rules.getOrDefault(chain, List.of()));
    }

    private void lostSets() {
        Predicate<NftMessage> lost = thing -> thing instanceof SetMessage set && !sets.containsKey(set.name());
        FirewallStep step = TableDesign.renew(lost);
        if (!step.changes().isEmpty()) {
            String names = things(List.of(step))
                    .map(thing -> ((SetMessage) thing).name())
                    .collect(Collectors.joining(", "));
            differences.found("sets are gone: " + names + in(), step);
        }
    }

    /** Of a chain or a set that is there: whether it is another than one of its name was made as, which nothing can change in place. */
    private boolean isOfAnotherKind(NftMessage made) {
        return switch (made) {
            case ChainMessage chain ->
                Optional.ofNullable(chains.get(chain.name()))
                        .filter(there -> !there.hook().equals(chain.hook())
                                || !there.type().equals(chain.type()))
                        .isPresent();
            case SetMessage set ->
                Optional.ofNullable(sets.get(set.name()))
                        .filter(there -> !kind(there).equals(kind(set)))
                        .isPresent();
            default -> false;
        };
    }

    private static List<?> kind(SetMessage set) {
        int flags =
                SetMessage.INTERVAL | SetMessage.MAP | SetMessage.OBJECTS | SetMessage.TIMEOUTS | SetMessage.CONSTANT;
        return List.of(
                set.flags() & flags,
                set.keyLength(),
                set.has(SetMessage.MAP) ? set.dataLength() : 0,
                set.dataType() == SetMessage.VERDICTS,
                set.has(SetMessage.INTERVAL) ? set.fieldLengths() : List.of(), // else of no matter to the kernel
                set.size(),
                set.attributes().has(SetMessage.EXPRESSION));
    }

    /** All at once: whoever asks the rules finds them as they were, or as they are to be. */
    private Set<String> madeAnew(List<FirewallStep> parts, List<NftMessage> unlike, List<TableElement> elements) {
        var changes = new TableChanges();
        things(parts)
                .flatMap(thing -> thing instanceof ChainMessage chain ? Stream.of(chain.name()) : Stream.empty())
                .filter(chain -> chains.containsKey(chain) && !chain.equals(OwnTable.USER_CHAIN))
                .forEach(changes::flush);
        Set<String> names = new TreeSet<>();
        for (NftMessage thing : unlike) {
            if (thing instanceof SetMessage set) {
                changes.deleteThing(set, "set inet lasthop " + set.name());
                names.add(set.name());
            } else if (thing instanceof ChainMessage chain) {
                changes.deleteThing(chain, "chain inet lasthop " + chain.name());
            }
        }
        List<FirewallStep> all = new ArrayList<>(List.of(changes.step()));
        all.addAll(parts);
        all.add(TableElement.step(
                elements.stream()
                        .filter(element -> names.contains(element.set()))
                        .distinct()
                        .toList(),
                true));
        differences.found(
                "of another kind than it was made: "
                        + unlike.stream().map(TableParts::named).distinct().collect(Collectors.joining(", ")) + in(),
                together(all));
        return names;
    }

    private static String named(NftMessage thing) {
        return switch (thing) {
            case SetMessage set -> (set.has(SetMessage.MAP) ? "map " : "set ") + set.name();
            case ChainMessage chain -> "chain " + chain.name();
            default -> thing.what();
        };
    }

    private static Step together(List<FirewallStep> steps) {
        return new FirewallStep(
                Place.HOST,
                steps.stream().flatMap(step -> step.changes().stream()).toList(),
                steps.stream().flatMap(step -> step.commands().stream()).toList());
    }

    private static Stream<NftMessage> things(List<FirewallStep> steps) {
        return steps.stream().flatMap(step -> step.changes().stream()).map(FirewallStep.Change::thing);
    }

    /** Each chain with its rules, in the order in which they are made. */
    private static Map<ChainMessage, List<RuleMessage>> rulesOf(FirewallStep made) {
        Map<String, List<RuleMessage>> byName = new TreeMap<>();
        Map<ChainMessage, List<RuleMessage>> all = new LinkedHashMap<>();
        for (FirewallStep.Change change : made.changes()) {
            if (change instanceof FirewallStep.Add(ChainMessage chain)) {
                all.put(chain, byName.computeIfAbsent(chain.name(), _ -> new ArrayList<>()));
            } else if (change instanceof FirewallStep.Add(RuleMessage rule)) {
                byName.getOrDefault(rule.chain(), new ArrayList<>()).add(rule);
            }
        }
        return all;
    }
}
