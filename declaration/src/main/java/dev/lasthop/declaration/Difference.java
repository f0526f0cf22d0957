package dev.lasthop.declaration;

import dev.lasthop.declaration.Action.Outcome;
import dev.lasthop.declaration.Action.Verb;
import dev.lasthop.wiring.AllowedNetworks;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.WiringException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What has to be done so that what is on record is what was declared, in the order of doing it: what goes makes room for what comes.
 *
 * @param actions none where all is so already
 */
public record Difference(List<Action> actions) {
    public Difference {
        actions = List.copyOf(actions);
    }

    /**
     * Compares, and changes nothing.
     *
     * @param prune whether what is on record and not declared is to go
     * @throws WiringException if what was declared cannot be brought about without harm to what was not
     */
    public static Difference between(Declaration declaration, Wiring wiring, boolean prune) {
        return new Comparison(declaration, wiring, prune).difference();
    }

    /** Does it all; what fails, and what rests on that, is left as it was, and the rest goes on. */
    public List<Outcome> apply(Wiring wiring) {
        List<Outcome> outcomes = new ArrayList<>();
        Set<String> failed = new HashSet<>();
        for (Action action : actions) {
            Outcome outcome = failed.contains(action.network())
                    ? new Outcome(action, Optional.of("not tried, because of what failed before"))
                    : action.apply(wiring);
            if (outcome.failure().isPresent() && action.subject().startsWith("network ")) {
                failed.add(action.network());
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    /** The work of comparing. */
    private static final class Comparison {
        private final Declaration declaration;
        private final Wiring wiring;
        private final boolean prune;
        private final List<Endpoint> endpoints;
        private final Set<String> renewed = new TreeSet<>();
        private final List<Action> goes = new ArrayList<>();
        private final List<Action> makesRoom = new ArrayList<>();
        private final List<Action> networks = new ArrayList<>();
        private final List<Action> comes = new ArrayList<>();
        private final List<Action> changes = new ArrayList<>();

        Comparison(Declaration declaration, Wiring wiring, boolean prune) {
            this.declaration = declaration;
            this.wiring = wiring;
            this.prune = prune;
            this.endpoints = wiring.endpoints();
        }

        Difference difference() {
            List<Action> removals = networks(wiring.networks());
            if (prune) {
                endpoints.stream().filter(one -> declared(one).isEmpty()).forEach(one -> goes.add(disconnect(one)));
            }
            // who wants one address goes before who takes any
            declaration.connections().stream()
                    .sorted(Comparator.comparing(spec -> spec.addresses().isEmpty()))
                    .forEach(this::connection);
            List<Action> all = new ArrayList<>();
            List.of(goes, makesRoom, removals, inOrder(networks), comes, changes)
                    .forEach(all::addAll);
            return new Difference(all);
        }

        private List<Action> networks(List<Network> recorded) {
            List<Action> removals = new ArrayList<>();
            for (Network network : recorded) {
                NetworkSpec wanted = declaration.networks().get(network.name());
                if (wanted == null) {
                    if (prune) {
                        removals.add(remove(network, List.of()));
                    }
                    continue;
                }
                List<String> details = NetworkDifference.between(network, wanted);
                if (!details.isEmpty()) {
                    refuseOthers(network, details);
                    renewed.add(network.name());
                    removals.add(remove(network, List.of("to be made anew")));
                    networks.add(create(wanted, details));
                } else {
                    networks.addAll(NetworkDifference.peers(network, wanted));
                }
            }
            declaration.networks().values().stream()
                    .filter(wanted -> recorded.stream()
                            .noneMatch(network -> network.name().equals(wanted.name())))
                    .forEach(wanted -> networks.add(create(wanted, NetworkDifference.words(wanted))));
            return removals;
        }

        /** Who allows another comes after it. Those that allow each other in a circle stay last, and the first of them is refused. */
        private List<Action> inOrder(List<Action> all) {
            List<Action> left = new ArrayList<>(all);
            List<Action> ordered = new ArrayList<>();
            boolean more = true;
            while (more) {
                Set<String> coming = new HashSet<>();
                left.stream()
                        .filter(action -> action.verb() == Verb.ADD)
                        .forEach(action -> coming.add(action.network()));
                List<Action> free = left.stream()
                        .filter(action -> allowed(action).stream().noneMatch(coming::contains))
                        .toList();
                ordered.addAll(free);
                left.removeAll(free);
                more = !free.isEmpty() && !left.isEmpty();
            }
            ordered.addAll(left);
            return ordered;
        }

        private List<String> allowed(Action action) {
            return Optional.ofNullable(declaration.networks().get(action.network()))
                    .flatMap(spec -> spec.settings().find(AllowedNetworks.class))
                    .map(AllowedNetworks::names)
                    .orElse(List.of());
        }

        /** A network that differs is made anew; whoever is on it and will not be connected again would be cut off. */
        private void refuseOthers(Network network, List<String> details) {
            List<String> others = endpoints.stream()
                    .filter(one -> one.network().equals(network.name()))
                    .filter(one -> !prune && declared(one).isEmpty() && wiring.isAlive(one))
                    .map(Endpoint::name)
                    .toList();
            if (!others.isEmpty()) {
                throw new WiringException("network " + network.name() + " would have to be made anew ("
                        + String.join(", ", details) + "), and that would cut off " + String.join(", ", others)
                        + ", which the file does not declare. Declare them too, disconnect them, or use --prune");
            }
        }

        private Optional<ConnectSpec> declared(Endpoint endpoint) {
            return declaration.connections().stream()
                    .filter(spec -> spec.endpoint().equals(endpoint.name())
                            && spec.network().equals(endpoint.network()))
                    .findFirst();
        }

        private void connection(ConnectSpec spec) {
            Optional<Endpoint> known = endpoints.stream()
                    .filter(one ->
                            one.name().equals(spec.endpoint()) && one.network().equals(spec.network()))
                    .findFirst();
            Optional<Network> network = wiring.networks().stream()
                    .filter(one -> one.name().equals(spec.network()))
                    .findFirst();
            if (known.isEmpty() || network.isEmpty()) {
                comes.add(connect(spec, EndpointDifference.words(spec)));
                return;
            }
            Endpoint endpoint = known.get();
            List<String> anew = anew(endpoint, spec, network.get());
            if (!anew.isEmpty()) {
                if (wiring.isAlive(endpoint)) {
                    goes.add(disconnect(endpoint));
                }
                comes.add(connect(spec, anew));
                return;
            }
            var difference = new EndpointDifference(endpoint, wiring.ports(endpoint), spec, network.get());
            makesRoom.addAll(difference.unpublished());
            changes.addAll(difference.changed());
            changes.addAll(difference.published());
        }

        /** Why an endpoint has to be connected anew; empty if it has not. */
        private List<String> anew(Endpoint endpoint, ConnectSpec spec, Network network) {
            if (renewed.contains(spec.network())) {
                return List.of("its network is made anew");
            }
            if (!wiring.isAlive(endpoint)) {
                return List.of("its namespace was replaced");
            }
            if (!endpoint.place().equals(spec.place())) {
                return List.of("namespace " + endpoint.place().label() + " → "
                        + spec.place().label());
            }
            List<String> port = EndpointDifference.anew(endpoint, spec, network);
            if (!port.isEmpty()) {
                return port;
            }
            Optional<String> other = spec.interfaceName().filter(name -> !name.equals(endpoint.interfaceName()));
            return other.map(name -> List.of("interface " + endpoint.interfaceName() + " → " + name))
                    .orElse(List.of());
        }

        private static Action disconnect(Endpoint endpoint) {
            return new Action(
                    Verb.REMOVE,
                    EndpointDifference.subject(endpoint.name(), endpoint.network()),
                    endpoint.network(),
                    List.of(),
                    wiring -> wiring.disconnect(endpoint.name(), endpoint.network()));
        }

        private static Action connect(ConnectSpec spec, List<String> details) {
            return new Action(
                    Verb.ADD,
                    EndpointDifference.subject(spec.endpoint(), spec.network()),
                    spec.network(),
                    details,
                    wiring -> wiring.connect(spec));
        }

        private static Action remove(Network network, List<String> details) {
            return new Action(
                    Verb.REMOVE,
                    "network " + network.name(),
                    network.name(),
                    details,
                    wiring -> wiring.removeNetwork(network.name()));
        }

        private static Action create(NetworkSpec spec, List<String> details) {
            return new Action(
                    Verb.ADD, "network " + spec.name(), spec.name(), details, wiring -> wiring.createNetwork(spec));
        }
    }
}
