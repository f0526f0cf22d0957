package dev.lasthop.cli.flow;

import dev.lasthop.diagnosis.Dossier.Declared;
import dev.lasthop.investigation.Records;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.StateFolders;
import dev.lasthop.wiring.Subnet;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.WiringException;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Step;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Lasthop's own networks, and which of their packet filter rules somebody has taken away. */
final class WiringRecords implements Records {
    private static final String HOST = "host";

    private final Map<String, String> environment;

    WiringRecords(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Records that cannot be read say nothing: what is asked for is a flow, and the kernel knows of that. */
    @Override
    public List<Declared> declared() {
        try (NetworkNamespace host = NetworkNamespace.current();
                var wiring = new Wiring(StateFolders.of(environment), host)) {
            List<Network> networks = wiring.networks();
            if (networks.isEmpty()) {
                return List.of();
            }
            List<Wiring.Lost> lost = wiring.planRepair().differences().stream()
                    .filter(one -> one.steps().stream().anyMatch(FirewallStep.class::isInstance))
                    .toList();
            return networks.stream()
                    .map(network -> declared(wiring, network, lost))
                    .toList();
        } catch (WiringException | KernelException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static Declared declared(Wiring wiring, Network network, List<Wiring.Lost> lost) {
        List<String> ports = wiring.endpoints().stream()
                .filter(endpoint -> endpoint.network().equals(network.name()))
                .flatMap(endpoint -> wiring.ports(endpoint).stream())
                .flatMap(port -> IntStream.rangeClosed(
                                port.host().first(), port.host().last())
                        .mapToObj(number -> number + "/" + port.protocol()))
                .toList();
        List<String> missing = lost.stream().map(Wiring.Lost::what).toList();
        List<Step> repair = lost.stream().flatMap(one -> one.steps().stream()).toList();
        return new Declared(
                network.name(),
                HOST,
                network.subnets().stream().map(Subnet::prefix).toList(),
                ports,
                missing,
                repair);
    }
}
