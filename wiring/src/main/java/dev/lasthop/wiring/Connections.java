package dev.lasthop.wiring;

import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.StaleConnectionsStep;
import dev.lasthop.wiring.step.StaleConnectionsStep.Redirect;
import dev.lasthop.wiring.step.StaleConnectionsStep.Which;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.stream.Stream;

/** Tracked connections that would go on to lead where a port led before: they are forgotten as soon as it leads elsewhere. */
final class Connections {
    private Connections() {}

    /** Forgets those that published ports lead to the endpoint; behind the step that takes the ports away. */
    static List<Step> through(Endpoint endpoint, List<PublishedPort> ports) {
        return step(Which.LEADING_THERE, endpoint, ports);
    }

    /**
     * Forgets those to the ports that lead elsewhere than to the endpoint: to whom the port was published before, or for datagrams to the
     * host itself. Behind the step that publishes the ports.
     */
    static List<Step> before(Endpoint endpoint, List<PublishedPort> ports) {
        return step(Which.LEADING_ELSEWHERE, endpoint, ports);
    }

    private static List<Step> step(Which which, Endpoint endpoint, List<PublishedPort> ports) {
        List<Redirect> redirects =
                ports.stream().flatMap(port -> redirects(endpoint, port)).toList();
        return redirects.isEmpty() ? List.of() : List.of(new StaleConnectionsStep(Place.HOST, which, redirects));
    }

    private static Stream<Redirect> redirects(Endpoint endpoint, PublishedPort port) {
        HostPort host = port.host();
        return endpoint.addresses().stream()
                .filter(address -> port.isFor(address.family()))
                .map(address -> new Redirect(
                        host.protocol(), host.address(), host.first(), host.last(), address.address(), port.port()));
    }
}
