package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.topology.FdbEntry;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A frame that goes through a VXLAN tunnel: it becomes a UDP packet of the underlay, and a frame again at the remote host. */
final class TunnelWalk {
    private static final int OVERHEAD_IPV4 = 14 + 8 + 8 + 20; // Ethernet, VXLAN, UDP, IP
    private static final int OVERHEAD_IPV6 = 14 + 8 + 8 + 40;
    private static final int QUESTION_LENGTH = 28; // an ARP message

    private final Segment segment;
    private final Index index;
    private final Journey journey;

    TunnelWalk(Segment segment, Index index, Journey journey) {
        this.segment = segment;
        this.index = index;
        this.journey = journey;
    }

    private record Remote(IpAddress address, int port, int vni) {}

    void into(NamespaceState namespace, Link link, Branch branch) {
        Place place = Place.of(namespace, link);
        Link.Vxlan tunnel = link.vxlan().orElseThrow();
        Optional<NamespaceState> underlay =
                index.snapshot().namespace(link.lowerNamespace().orElse(namespace.inode()));
        if (underlay.isEmpty()) {
            segment.end(
                    branch,
                    link.lowerNamespace().isPresent()
                            ? new Ending.NeedsNamespace(
                                    OptionalLong.of(link.lowerNamespace().getAsLong()), place.hop(Direction.OUT))
                            : new Ending.LeftHost(place.hop(Direction.OUT)));
            return;
        }
        List<Remote> remotes = remotes(namespace, link, tunnel, branch.frame().destination());
        if (remotes.isEmpty()) {
            var obstacle = new Obstacle.NoRemote(place, branch.frame().destination());
            segment.end(branch, new Ending.Stopped(obstacle, branch.last(), Optional.empty()));
        }
        for (Remote remote : remotes) {
            carry(underlay.get(), namespace, link, tunnel, remote, branch);
        }
    }

    /** The remote hosts for an address: those of its own entries, else those of the all-zero default. */
    private static List<Remote> remotes(NamespaceState namespace, Link link, Link.Vxlan tunnel, MacAddress mac) {
        List<Remote> exact = mac.isMulticast() ? List.of() : entries(namespace, link, tunnel, mac);
        if (!exact.isEmpty()) {
            return exact.subList(0, 1);
        }
        List<Remote> all = entries(namespace, link, tunnel, MacAddress.ZERO);
        if (!all.isEmpty()) {
            return all;
        }
        return tunnel.remote().stream()
                .map(address -> new Remote(address, tunnel.port(), tunnel.vni()))
                .toList();
    }

    private static List<Remote> entries(NamespaceState namespace, Link link, Link.Vxlan tunnel, MacAddress mac) {
        var remotes = new ArrayList<Remote>();
        for (FdbEntry entry : namespace.fdb()) {
            if (entry.link().equals(link.index())
                    && entry.mac().equals(mac)
                    && entry.remote().isPresent()) {
                var remote = new Remote(
                        entry.remote().get(),
                        entry.port().orElse(tunnel.port()),
                        entry.vni().orElse(tunnel.vni()));
                if (!remotes.contains(remote)) {
                    remotes.add(remote);
                }
            }
        }
        return remotes;
    }

    private void carry(
            NamespaceState underlay,
            NamespaceState namespace,
            Link link,
            Link.Vxlan tunnel,
            Remote remote,
            Branch branch) {
        Place place = Place.of(namespace, link);
        Family family = remote.address().family();
        IpAddress source = tunnel.local().orElse(IpAddress.any(family));
        int overhead = family == Family.IPV4 ? OVERHEAD_IPV4 : OVERHEAD_IPV6;
        int inner =
                branch.frame().isQuestion() ? QUESTION_LENGTH : branch.packet().length();
        var flow = new Flow(Protocol.UDP, source, 0, remote.address(), remote.port());
        Path outer = journey.underlay(underlay, flow, inner + overhead, link);
        Flow sent =
                outer.passages().isEmpty() ? flow : outer.passages().getFirst().flow();
        Branch on = branch.with(new Stage.Encapsulation(place, remote.vni(), sent));
        for (PathElement element : outer.elements()) {
            on = on.with(element);
        }
        switch (outer.ending()) {
            case Ending.Delivered delivered -> out(delivered, place, remote, on);
            case Ending.Stopped stopped -> {
                var obstacle = stopped.obstacle() instanceof Obstacle.TooBig
                        ? stopped.obstacle()
                        : new Obstacle.UnderlayStopped(place, remote.address(), outer);
                segment.end(on, new Ending.Stopped(obstacle, stopped.last().or(branch::last), stopped.next()));
            }
            case Ending.LeftHost left -> segment.end(on, left);
            case Ending.NeedsNamespace needs -> segment.end(on, needs);
            case Ending.Unknown unknown -> segment.end(on, unknown);
        }
    }

    private void out(Ending.Delivered delivered, Place from, Remote remote, Branch branch) {
        NamespaceState far = index.snapshot().namespace(delivered.namespace()).orElseThrow();
        List<Index.At> present = index.tunnels(far);
        Optional<Index.At> taker = present.stream()
                .filter(at -> at.link().isUp())
                .filter(at -> at.link().vxlan().orElseThrow().port() == remote.port()
                        && at.link().vxlan().orElseThrow().vni() == remote.vni())
                .findFirst();
        if (taker.isEmpty()) {
            boolean open = present.stream()
                    .anyMatch(at -> at.link().vxlan().orElseThrow().port() == remote.port());
            List<String> named = present.stream().map(TunnelWalk::named).toList();
            var obstacle = new Obstacle.TunnelMismatch(
                    from, remote.vni(), remote.port(), remote.address(), far.name(), named, open);
            segment.end(branch, new Ending.Stopped(obstacle, branch.last(), Optional.empty()));
            return;
        }
        Index.At at = taker.get();
        segment.receive(at.namespace(), at.link(), branch.with(new Stage.Decapsulation(at.place(), remote.vni())));
    }

    private static String named(Index.At at) {
        Link.Vxlan tunnel = at.link().vxlan().orElseThrow();
        return at.link().name() + " vni " + tunnel.vni() + " port " + tunnel.port()
                + (at.link().isUp() ? "" : " (down)");
    }
}
