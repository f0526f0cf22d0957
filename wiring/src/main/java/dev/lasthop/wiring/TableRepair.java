package dev.lasthop.wiring;

import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is on record against what stands in Lasthop's table: elements that are missing, lead elsewhere, or are nobody's. */
final class TableRepair {
    private final Site host;
    private final Store store;
    private final Differences differences;
    private final TableContents contents;
    private final List<Declared> declared = new ArrayList<>();

    /** @param what what is said where some of them are missing */
    private record Declared(String what, List<TableElement> elements) {
        List<TableElement> outside(Set<String> sets) {
            return elements.stream()
                    .filter(element -> !sets.contains(element.set()))
                    .toList();
        }
    }

    TableRepair(Site host, Store store, Differences differences) {
        this.host = host;
        this.store = store;
        this.differences = differences;
        this.contents = TableContents.read(host);
    }

    void compare(List<Network> networks) {
        List<PublishedPort> ports = new ArrayList<>();
        for (Network network : networks) {
            if (network.plans().crossesHost()) {
                declare(
                        "network " + network.name() + " is not in table inet lasthop",
                        NetworkElements.of(network, networks));
            }
        }
        for (Endpoint endpoint : store.endpoints()) {
            if (endpoint.complete()) {
                networks.stream()
                        .filter(network -> network.name().equals(endpoint.network()))
                        .forEach(network -> declare(
                                endpoint.id() + " is not in table inet lasthop",
                                NetworkElements.of(endpoint, network, networks)));
                List<PublishedPort> its = store.ports().of(endpoint.id());
                declare(
                        "ports of " + endpoint.id() + " are not in table inet lasthop",
                        PortElements.all(endpoint, its));
                ports.addAll(its);
            }
        }
        List<TableElement> all =
                declared.stream().flatMap(one -> one.elements().stream()).toList();
        List<Application> applications = ports.stream()
                .flatMap(port -> port.application().stream())
                .distinct()
                .sorted()
                .toList();
        Set<String> filled = new TableParts(host, differences).compare(applications, all);
        declared.forEach(one -> compare(one.what(), one.outside(filled)));
        besides(all, filled);
    }

    private void declare(String what, List<TableElement> elements) {
        declared.add(new Declared(what, elements));
    }

    private void besides(List<TableElement> all, Set<String> filled) {
        List<TableElement> besides = contents.besides(all).stream()
                .filter(element -> !filled.contains(element.set()))
                .toList();
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
}
