package dev.lasthop.wiring.step;

import dev.lasthop.address.IfIndex;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.route.BridgeVlan;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** VLANs of bridge ports, by netlink. */
final class PortVlans {
    private static final String ABSENT =
            "this kernel's bridges have no VLAN filtering (CONFIG_BRIDGE_VLAN_FILTERING is not set)";

    private PortVlans() {}

    /** Switches filtering on or off. Of the kernels that cannot, some refuse, and some say nothing and do nothing. */
    static void filter(Site site, String operation, LinkMessage message) {
        change(site, operation, () -> {
            site.route().change(message);
            boolean wanted = message.data().get(LinkKinds.Bridge.VLAN_FILTERING).orElse(0) != 0;
            boolean is = site.route()
                    .link(message.index())
                    .flatMap(link -> link.data().get(LinkKinds.Bridge.VLAN_FILTERING))
                    .filter(value -> value != 0)
                    .isPresent();
            if (wanted != is) {
                throw new KernelException(operation, Errno.EOPNOTSUPP);
            }
        });
    }

    static void add(Places places, LinkStep.AddVlans step) {
        Site site = places.at(step.place());
        LinkMessage message = message(site, step.name(), step.vlans());
        change(
                site,
                "add VLANs " + step.vlans().words() + " to bridge port " + step.name(),
                () -> site.route().change(message));
    }

    static void delete(Places places, LinkStep.DeleteVlans step) {
        Site site = places.at(step.place());
        LinkMessage message = message(site, step.name(), step.vlans());
        change(
                site,
                "delete VLANs " + step.vlans().words() + " of bridge port " + step.name(),
                () -> site.route().delete(message));
    }

    /** Takes away what was not there, and gives back the flags of what was. */
    static List<Step> undoAdding(Site site, LinkStep.AddVlans step) {
        Map<Integer, Integer> before = of(site, step.name());
        List<Step> steps = new ArrayList<>();
        boolean self = step.vlans().self();
        for (int id = step.vlans().first(); id <= step.vlans().last(); id++) {
            if (!before.containsKey(id)) {
                LinkStep.Vlans one = new LinkStep.Vlans(id, id, false, false, self);
                steps.add(new LinkStep.DeleteVlans(step.place(), step.name(), one));
            }
        }
        // a new PVID takes the place of the old one: those that were there come back with the flags that they had
        before.forEach((id, flags) -> {
            boolean touched = step.vlans().pvid() && (flags & BridgeVlan.PVID) != 0
                    || id >= step.vlans().first() && id <= step.vlans().last();
            if (touched) {
                steps.add(new LinkStep.AddVlans(step.place(), step.name(), vlan(id, flags, self)));
            }
        });
        return steps;
    }

    static List<Step> undoDeleting(Site site, LinkStep.DeleteVlans step) {
        List<Step> steps = new ArrayList<>();
        of(site, step.name()).forEach((id, flags) -> {
            if (id >= step.vlans().first() && id <= step.vlans().last()) {
                steps.add(new LinkStep.AddVlans(
                        step.place(), step.name(), vlan(id, flags, step.vlans().self())));
            }
        });
        return steps;
    }

    /** The VLANs of a port or a bridge, with their flags. */
    private static Map<Integer, Integer> of(Site site, String name) {
        IfIndex index = site.index(name);
        Map<Integer, Integer> vlans = new TreeMap<>();
        for (LinkMessage port : site.route().bridgeVlans()) {
            if (port.index().equals(index)) {
                List<BridgeVlan> all = port.attributes()
                        .get(LinkMessage.AF_SPEC)
                        .map(spec -> spec.each(LinkKinds.BridgeVlans.VLAN))
                        .orElse(List.of());
                int begin = 0;
                for (BridgeVlan vlan : all) {
                    boolean ends = (vlan.flags() & BridgeVlan.RANGE_END) != 0;
                    for (int id = ends ? begin : vlan.id(); id <= vlan.id(); id++) {
                        vlans.put(id, vlan.flags());
                    }
                    begin = vlan.id();
                }
            }
        }
        return vlans;
    }

    private static LinkStep.Vlans vlan(int id, int flags, boolean self) {
        return new LinkStep.Vlans(id, id, (flags & BridgeVlan.UNTAGGED) != 0, (flags & BridgeVlan.PVID) != 0, self);
    }

    private static LinkMessage message(Site site, String name, LinkStep.Vlans vlans) {
        int flags = (vlans.untagged() ? BridgeVlan.UNTAGGED : 0) | (vlans.pvid() ? BridgeVlan.PVID : 0);
        BridgeVlan[] all = vlans.first() == vlans.last()
                ? new BridgeVlan[] {new BridgeVlan(flags, vlans.first())}
                : new BridgeVlan[] {
                    new BridgeVlan(flags | BridgeVlan.RANGE_BEGIN, vlans.first()),
                    new BridgeVlan(flags | BridgeVlan.RANGE_END, vlans.last())
                };
        IfIndex index = site.index(name);
        return vlans.self() ? LinkKinds.BridgeVlans.ofBridge(index, all) : LinkKinds.BridgeVlans.of(index, all);
    }

    private static void change(Site site, String operation, Runnable request) {
        try {
            site.change(operation, request);
        } catch (KernelException e) {
            throw e.is(Errno.EOPNOTSUPP)
                    ? new KernelException(operation + " in " + site.label(), e.errno(), ABSENT)
                    : e;
        }
    }
}
