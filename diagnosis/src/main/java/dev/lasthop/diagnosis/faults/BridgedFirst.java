package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Path;
import dev.lasthop.path.Predictor;
import dev.lasthop.path.Stage;
import dev.lasthop.path.filter.FilterWalk;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.topology.Sysctls;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Packets that are bridged by a node before the same node routes them, through a second bridge or by way of a neighbour. Where the bridge
 * shows them to the IP rules, the connection is settled there, and rules of type nat are not asked again when it leaves by the uplink.
 *
 * @param node whose bridge it is
 * @param setting the sysctl: {@code net.bridge.bridge-nf-call-iptables}
 */
record BridgedFirst(NamespaceState node, String setting) {

    /** Whether the packets would pass if the bridges left them alone. */
    static Optional<BridgedFirst> in(Dossier dossier) {
        if (dossier.prediction().isHealthy() || Detour.in(dossier).isPresent()) {
            return Optional.empty();
        }
        String setting = "net.bridge.bridge-nf-call-"
                + (dossier.asked().address().family() == dev.lasthop.address.Family.IPV4 ? "iptables" : "ip6tables");
        return routersThatBridge(dossier.prediction().request())
                .distinct()
                .flatMap(name -> dossier.before().namespace(name).stream())
                .filter(state -> state.sysctls()
                                .number(setting.replace("net.bridge.", "net/bridge/"))
                                .orElse(0)
                        != 0)
                .map(state -> new BridgedFirst(state, setting))
                .filter(found -> found.isToBlame(dossier))
                .findFirst();
    }

    private static Stream<String> routersThatBridge(Path path) {
        return path.elements(Stage.BridgeForwarding.class).stream()
                .filter(stage -> stage.choice() != Stage.BridgeForwarding.Choice.LOCAL
                        && !stage.in().equals(stage.bridge()))
                .map(Stage.BridgeForwarding::namespaceName)
                .filter(name -> path.elements(Stage.RoutingDecision.class).stream()
                        .anyMatch(routed -> routed.namespaceName().equals(name)
                                && routed.input().isPresent()));
    }

    private boolean isToBlame(Dossier dossier) {
        var snapshot = new Snapshot(dossier.before().namespaces().stream()
                .map(state -> state.inode() == node.inode() ? without(state) : state)
                .toList());
        return Predictor.predict(snapshot, dossier.prediction().question(), new FilterWalk())
                .isHealthy();
    }

    private NamespaceState without(NamespaceState state) {
        var values = new TreeMap<>(state.sysctls().values());
        values.put(setting.replace("net.bridge.", "net/bridge/"), "0");
        return state.withSysctls(new Sysctls(values));
    }
}
