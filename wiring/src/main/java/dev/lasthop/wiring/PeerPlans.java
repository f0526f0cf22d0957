package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.FdbStep;
import dev.lasthop.wiring.step.NeighborStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.RouteStep;
import dev.lasthop.wiring.step.RouteTo;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What leads from this node to the containers of others. Through a tunnel: for each remote node one entry of the tunnel's forwarding
 * database, and for each of its subnets one route and one neighbour. Otherwise host routes: for each subnet one route, by the node's own
 * address. Checks and plans; changes nothing.
 */
record PeerPlans(Network network) {
    void check(Peer peer, HostView host, Store store) {
        if (!network.plans().crossesHost()) {
            throw new WiringException("network " + network.name()
                    + " cannot have peers: what its endpoints send does not" + " pass this host's routing with driver "
                    + network.driver().name());
        }
        if (network.internal() && network.driver().tunnel().isEmpty()) {
            throw new WiringException("network " + network.name() + " cannot have peers: it is internal, and what its"
                    + " endpoints send may not leave by the host's links. --driver vxlan can have both");
        }
        for (Prefix subnet : peer.subnets()) {
            if (network.subnet(subnet.family()).isEmpty()) {
                throw new WiringException(
                        "subnet " + subnet + " of peer " + peer.node() + " cannot be reached: network " + network.name()
                                + " has no " + subnet.family() + " subnet itself");
            }
            refuseOverlap(peer, subnet, host, store);
        }
        if (network.driver() instanceof VxlanDriver vxlan) {
            checkRemote(peer, vxlan);
        } else {
            peer.subnets().forEach(subnet -> checkNextHop(peer, subnet, host));
        }
    }

    /** Makes the way to a peer; one of the same name is no more. */
    Plan adding(Peer peer, Places places, Store store) {
        check(peer, new HostView(places.at(Place.HOST)), store);
        Optional<Peer> before = Peers.of(network).find(peer.node());
        List<Step> steps = new ArrayList<>();
        before.ifPresent(old -> Stream.concat(
                        inside(old, places, store).stream().map(Exits::inverse), remove(old).stream())
                .filter(step -> !step.undo(places).isEmpty()) // what is there
                .forEach(steps::add));
        steps.addAll(add(peer));
        if (network.driver().tunnel().isEmpty()) {
            HostView host = new HostView(places.at(Place.HOST));
            if (!host.hasOwnTable()) { // somebody flushed the rules
                steps.addAll(OwnTable.whole(store, host));
            } else {
                before.ifPresent(old -> steps.add(OwnTable.peers(network, old, false, false)));
            }
            steps.add(OwnTable.peers(network, peer, Peers.of(network).all().isEmpty(), true));
        }
        steps.addAll(inside(peer, places, store));
        return new Plan("add peer " + peer.node() + " to " + network.name(), steps);
    }

    Plan removing(String node, Places places, Store store) {
        List<String> names = Peers.of(network).all().stream().map(Peer::node).toList();
        Peer peer = Peers.of(network)
                .find(node)
                .orElseThrow(() -> new WiringException("network " + network.name() + " has no peer " + Names.shown(node)
                        + "; " + (names.isEmpty() ? "it has none" : "there are: " + String.join(", ", names))));
        List<Step> steps = new ArrayList<>();
        inside(peer, places, store).forEach(step -> steps.add(Exits.inverse(step)));
        if (network.driver().tunnel().isEmpty()) {
            steps.add(OwnTable.peers(network, peer, Peers.of(network).all().size() == 1, false));
        }
        steps.addAll(remove(peer));
        return new Plan(removal(network.name(), node), steps);
    }

    /** What removing a peer is called, in the journal too. */
    static String removal(String network, String node) {
        return "remove peer " + node + " from " + network;
    }

    /** What the endpoints themselves need, where theirs is not just a default route. */
    private List<Step> inside(Peer peer, Places places, Store store) {
        return new Exits(places, store).toPeers(network, List.of(peer));
    }

    /** Makes the way to a peer. */
    List<Step> add(Peer peer) {
        List<Step> steps = new ArrayList<>();
        if (network.driver() instanceof VxlanDriver vxlan) {
            MacAddress mac = mac(vxlan, peer);
            steps.add(new FdbStep.Add(Place.HOST, vxlan.tunnelName(), mac, Optional.of(remote(vxlan, peer))));
            for (Prefix subnet : peer.subnets()) {
                steps.add(new NeighborStep.Add(Place.HOST, vxlan.tunnelName(), subnet.first(), mac));
                steps.add(new RouteStep.Add(Place.HOST, route(vxlan, subnet)));
            }
        } else {
            peer.subnets().forEach(subnet -> steps.add(new RouteStep.Add(Place.HOST, route(peer, subnet))));
        }
        return steps;
    }

    /** Takes it away; harmless where there is nothing. */
    List<Step> remove(Peer peer) {
        List<Step> steps = new ArrayList<>();
        if (network.driver() instanceof VxlanDriver vxlan) {
            for (Prefix subnet : peer.subnets()) {
                steps.add(new RouteStep.Delete(Place.HOST, route(vxlan, subnet)));
                steps.add(new NeighborStep.Delete(Place.HOST, vxlan.tunnelName(), subnet.first()));
            }
            steps.add(new FdbStep.Delete(
                    Place.HOST, vxlan.tunnelName(), mac(vxlan, peer), Optional.of(remote(vxlan, peer))));
        } else {
            peer.subnets().forEach(subnet -> steps.add(new RouteStep.Delete(Place.HOST, route(peer, subnet))));
        }
        return steps;
    }

    /** Finds what of the ways to the peers is not there, or leads elsewhere. */
    void compare(Places places, HostView host, Differences differences) {
        Optional<String> tunnel = network.driver().tunnel();
        if (tunnel.isPresent() && host.link(tunnel.get()).isEmpty()) {
            return; // said already, and mended with all that hung on it
        }
        for (Peer peer : Peers.of(network).all()) {
            for (Step step : add(peer)) {
                List<Step> undo = step.undo(places);
                boolean isThere = undo.isEmpty() || undo.contains(step);
                if (!isThere && !differences.areMendedBy(step)) {
                    Step mending = step instanceof RouteStep.Add add
                            ? new RouteStep.Replace(add.place(), add.route()) // it may lead elsewhere now
                            : step;
                    differences.found(
                            "the way to peer " + peer.node() + " of network " + network.name() + " is not whole: "
                                    + step.command(),
                            mending);
                }
            }
        }
    }

    private void checkRemote(Peer peer, VxlanDriver vxlan) {
        IpAddress local = vxlan.localAddress();
        if (peer.node().equals(vxlan.nodeName()) || peer.addresses().contains(local)) {
            throw new WiringException("peer " + peer.node() + " is this node itself, " + vxlan.nodeName() + " at "
                    + local + ": leave it out, or name this node otherwise with --node");
        }
        if (peer.address(local.family()).isEmpty()) {
            throw new WiringException("peer " + peer.node() + " has no " + local.family()
                    + " address, which the tunnel from " + local + " needs");
        }
        MacAddress mac = mac(vxlan, peer);
        for (Peer other : Peers.of(network).without(peer.node()).all()) {
            if (mac(vxlan, other).equals(mac) || other.address(local.family()).equals(peer.address(local.family()))) {
                throw new WiringException("peers " + other.node() + " and " + peer.node()
                        + " have the same address or MAC address: they would be one node");
            }
        }
    }

    private void checkNextHop(Peer peer, Prefix subnet, HostView host) {
        IpAddress address = peer.address(subnet.family())
                .orElseThrow(() -> new WiringException("peer " + peer.node() + " has no " + subnet.family()
                        + " address, which a route to its subnet " + subnet + " needs"));
        if (host.owner(address).isPresent()) {
            throw new WiringException(
                    "peer " + peer.node() + " cannot be at " + address + ": that is this host's own address");
        }
        if (!host.isNeighbor(address)) {
            throw new WiringException("peer " + peer.node() + " cannot be reached by a route: " + address
                    + " is not on a link of this host. Nodes behind routers need a tunnel: --driver vxlan");
        }
    }

    private void refuseOverlap(Peer peer, Prefix prefix, HostView host, Store store) {
        String what = "subnet " + prefix + " of peer " + peer.node() + " overlaps with ";
        for (Subnet own : network.subnets()) {
            if (own.prefix().overlaps(prefix)) {
                throw new WiringException(what + own.prefix() + " of this node: each node needs a subnet of its own");
            }
        }
        refuseOverlap(what, prefix, Peers.of(network).without(peer.node()), network);
        for (Network other : store.networks()) {
            for (Subnet subnet : other.subnets()) {
                if (subnet.prefix().overlaps(prefix)) {
                    throw new WiringException(what + subnet.prefix() + " of network " + other.name());
                }
            }
            if (!other.name().equals(network.name())) {
                refuseOverlap(what, prefix, Peers.of(other), other);
            }
        }
        List<Prefix> before = store.network(network.name())
                .map(Peers::of)
                .orElse(Peers.NONE)
                .find(peer.node())
                .map(Peer::subnets)
                .orElse(List.of());
        if (!before.contains(prefix)) { // else the route that is there is our own
            host.overlap(prefix, network.driver().tunnel()).ifPresent(other -> {
                throw new WiringException(what + other + " of the host");
            });
        }
    }

    private static void refuseOverlap(String what, Prefix prefix, Peers others, Network network) {
        for (Peer known : others.all()) {
            for (Prefix taken : known.subnets()) {
                if (taken.overlaps(prefix)) {
                    throw new WiringException(
                            what + taken + " of peer " + known.node() + " of network " + network.name());
                }
            }
        }
    }

    private static MacAddress mac(VxlanDriver vxlan, Peer peer) {
        return peer.mac().orElseGet(() -> vxlan.mac(peer.node()));
    }

    private static IpAddress remote(VxlanDriver vxlan, Peer peer) {
        return peer.address(vxlan.localAddress().family()).orElseThrow();
    }

    /** By the first address of the subnet, which the node's end of the tunnel has. */
    private static RouteTo route(VxlanDriver vxlan, Prefix subnet) {
        return RouteTo.prefix(subnet)
                .via(subnet.first())
                .on(vxlan.tunnelName())
                .onLink()
                .protocol(RouteTo.PROTOCOL_LASTHOP);
    }

    private static RouteTo route(Peer peer, Prefix subnet) {
        return RouteTo.prefix(subnet)
                .via(peer.address(subnet.family()).orElseThrow())
                .protocol(RouteTo.PROTOCOL_LASTHOP);
    }
}
