package dev.lasthop.wiring;

import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is on record against what stands in Lasthop's table: elements that are missing, lead elsewhere, or are nobody's. */
final class TableRepair {
    private final Site host;
    private final Store store;
    private final Differences differences;
    private final TableContents contents;
    private final List<TableElement> declared = new ArrayList<>();

    TableRepair(Site host, Store store, Differences differences) {
        this.host = host;
        this.store = store;
        this.differences = differences;
        this.contents = TableContents.read(host);
    }

    void compare(List<Network> networks) {
        design();
        elements(networks);
    }

    /** What is missing of the table itself, and chains that have not as many rules as they were made with. The users' chain is theirs. */
    private void design() {
        List<FirewallStep.Change> made = TableDesign.create().changes();
        Map<String, Long> rules = TableContents.rules(host);
        Set<String> changed = made.stream()
                .flatMap(
                        change -> change.thing() instanceof RuleMessage rule ? Stream.of(rule.chain()) : Stream.empty())
                .collect(Collectors.groupingBy(chain -> chain, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(chain -> !chain.getValue().equals(rules.get(chain.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, OptionalInt> there = new HashMap<>();
        TableContents.things(host).forEach(thing -> {
            switch (thing) {
                case ChainMessage chain -> there.put("chain " + chain.name(), chain.policy());
                case SetMessage set -> there.put("set " + set.name(), OptionalInt.empty());
                default -> {}
            }
        });
        FirewallStep step = TableDesign.renew(thing -> switch (thing) {
            case RuleMessage rule -> changed.contains(rule.chain());
            case ChainMessage chain -> !chain.policy().equals(there.get("chain " + chain.name()));
            case SetMessage set -> !there.containsKey("set " + set.name());
            default -> false;
        });
        if (!step.changes().isEmpty()) {
            differences.found(
                    changed.isEmpty()
                            ? "table inet lasthop was changed"
                            : "rules of table inet lasthop were changed, in " + String.join(", ", changed),
                    step);
        }
    }

    private void elements(List<Network> networks) {
        List<PublishedPort> ports = new ArrayList<>();
        for (Network network : networks) {
            if (network.plans().crossesHost()) {
                compare(
                        "network " + network.name() + " is not in table inet lasthop",
                        NetworkElements.of(network, networks));
            }
        }
        for (Endpoint endpoint : store.endpoints()) {
            if (endpoint.complete()) {
                networks.stream()
                        .filter(network -> network.name().equals(endpoint.network()))
                        .forEach(network -> compare(
                                endpoint.id() + " is not in table inet lasthop",
                                NetworkElements.of(endpoint, network, networks)));
                List<PublishedPort> its = store.ports().of(endpoint.id());
                compare(
                        "ports of " + endpoint.id() + " are not in table inet lasthop",
                        PortElements.all(endpoint, its));
                ports.addAll(its);
            }
        }
        helpers(ports);
        List<TableElement> besides = contents.besides(declared);
        if (!besides.isEmpty()) {
            differences.found(
                    "table inet lasthop holds what nobody declared: " + besides.size() + " in "
                            + String.join(
                                    ", ",
                                    besides.stream()
                                            .map(TableElement::set)
                                            .distinct()
                                            .toList()),
                    TableElement.step(besides, false));
        }
    }

    private void compare(String what, List<TableElement> elements) {
        declared.addAll(elements);
        List<TableElement> missing =
                elements.stream().filter(element -> !contents.has(element)).toList();
        if (missing.isEmpty()) {
            return;
        }
        List<TableElement> wrong = missing.stream()
                .flatMap(element -> contents.wrong(element).stream())
                .toList();
        FirewallStep add = TableElement.step(missing, true);
        List<Step> steps = wrong.isEmpty() ? List.of(add) : List.of(TableElement.step(wrong, false), add);
        differences.found(what, steps);
    }

    private void helpers(List<PublishedPort> ports) {
        Map<String, Long> rules = TableContents.rules(host);
        ports.stream()
                .flatMap(port -> port.application().stream())
                .distinct()
                .sorted()
                .filter(application ->
                        Stream.of(HelperRules.chain(application)).anyMatch(chain -> rules.getOrDefault(chain, 0L) != 2))
                .forEach(application -> differences.found(
                        "the rules of helper " + application + " are not in table inet lasthop",
                        HelperRules.create(application)));
    }
}
