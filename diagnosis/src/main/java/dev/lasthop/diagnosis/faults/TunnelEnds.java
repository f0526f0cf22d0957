package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.path.Place;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.FdbEntry;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.List;
import java.util.Optional;

/** The ends of VXLAN tunnels, as far as they can be seen. */
final class TunnelEnds {
    private TunnelEnds() {}

    /** An end of a tunnel, and where it is in the underlay. */
    record End(Place place, MacAddress mac, IpAddress address) {}

    /** The other end of a tunnel that has a MAC address; empty where it cannot be seen. */
    static Optional<End> owner(Dossier dossier, Place tunnel, MacAddress mac) {
        int vni =
                link(dossier, tunnel).flatMap(Link::vxlan).map(Link.Vxlan::vni).orElse(-1);
        for (NamespaceState state : dossier.before().namespaces()) {
            for (Link link : state.links()) {
                boolean same = link.mac().equals(Optional.of(mac))
                        && link.vxlan().filter(end -> end.vni() == vni).isPresent();
                Optional<IpAddress> local = link.vxlan().flatMap(Link.Vxlan::local);
                if (same && local.isPresent() && !Place.of(state, link).equals(tunnel)) {
                    return Optional.of(new End(Place.of(state, link), mac, local.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** The tunnels that the broken journey went into, with where the packets were sent; the last one first. */
    static List<Stage.Encapsulation> entered(Dossier dossier) {
        return dossier.broken().elements(Stage.Encapsulation.class).reversed();
    }

    /** The MAC addresses that a tunnel sends to a remote host. */
    static List<MacAddress> behind(Dossier dossier, Place tunnel, IpAddress remote) {
        return dossier.namespace(tunnel.namespace()).stream()
                .flatMap(state -> state.fdb().stream())
                .filter(entry -> entry.link().equals(tunnel.link())
                        && entry.remote().equals(Optional.of(remote))
                        && !entry.mac().isMulticast()
                        && !entry.mac().equals(MacAddress.ZERO))
                .map(FdbEntry::mac)
                .toList();
    }

    private static Optional<Link> link(Dossier dossier, Place place) {
        return dossier.namespace(place.namespace()).flatMap(state -> state.link(place.link()));
    }
}
