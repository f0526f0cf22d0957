package dev.lasthop.wiring;

import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.LinkStep.BridgePortOption;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;

/** {@link BridgePort} in the kernel. */
record PortTreatment(Network network, HostView host) {
    private static final int USUAL_VLAN = 1;

    /** The interface is a port of the bridge already, and new. */
    List<Step> of(Endpoint endpoint) {
        BridgePort port = BridgePort.of(endpoint.settings());
        String link = VethPair.hostLink(endpoint);
        List<Step> steps = new ArrayList<>();
        port.vlan().ifPresent(id -> steps.addAll(vlan(link, id)));
        if (port.isolated()) {
            steps.add(new LinkStep.PortOption(Place.HOST, link, BridgePortOption.ISOLATED, 1));
        }
        if (port.hairpin()) {
            steps.add(new LinkStep.PortOption(Place.HOST, link, BridgePortOption.HAIRPIN, 1));
        }
        return steps;
    }

    void compare(Endpoint endpoint, LinkMessage link, Differences differences) {
        BridgePort port = BridgePort.of(endpoint.settings());
        boolean isolated = link.portData().get(LinkKinds.BridgePort.ISOLATED).orElse(0) != 0;
        boolean hairpin = link.portData().get(LinkKinds.BridgePort.MODE).orElse(0) != 0;
        if (isolated != port.isolated()) {
            differences.found(
                    link.name() + " of " + endpoint.id() + (isolated ? " is isolated" : " is not isolated"),
                    new LinkStep.PortOption(Place.HOST, link.name(), BridgePortOption.ISOLATED, isolated ? 0 : 1));
        }
        if (port.hairpin() && !hairpin) {
            differences.found(
                    link.name() + " of " + endpoint.id() + " sends nothing back where it came from",
                    new LinkStep.PortOption(Place.HOST, link.name(), BridgePortOption.HAIRPIN, 1));
        }
        if (port.vlan().isPresent() && !host.hasVlan(link.index(), port.vlan().getAsInt())) {
            differences.found(
                    link.name() + " of " + endpoint.id() + " is not in VLAN "
                            + port.vlan().getAsInt(),
                    vlan(link.name(), port.vlan().getAsInt()));
        }
    }

    private List<Step> vlan(String link, int id) {
        String bridge = network.bridge().orElseThrow();
        LinkMessage bridgeLink = host.link(bridge)
                .orElseThrow(
                        () -> new WiringException("bridge " + bridge + " of network " + network.name() + " is gone"));
        boolean filters = bridgeLink.data().get(LinkKinds.Bridge.VLAN_FILTERING).orElse(0) != 0;
        if (!filters && !BridgePlans.isOwn(network)) {
            throw new WiringException(
                    "bridge " + bridge + " keeps no VLANs apart, and is not Lasthop's to change: ip link set " + bridge
                            + " type bridge vlan_filtering 1");
        }
        int usual = bridgeLink.data().get(LinkKinds.Bridge.VLAN_DEFAULT_PVID).orElse(USUAL_VLAN);
        List<Step> steps = new ArrayList<>();
        if (!filters) {
            steps.add(new LinkStep.BridgeOption(Place.HOST, bridge, LinkStep.BridgeSetting.VLAN_FILTERING, 1));
        }
        steps.add(new LinkStep.AddVlans(Place.HOST, link, LinkStep.Vlans.access(id)));
        if (usual != 0 && usual != id) {
            steps.add(new LinkStep.DeleteVlans(Place.HOST, link, LinkStep.Vlans.tagged(usual, usual)));
        }
        return steps;
    }
}
