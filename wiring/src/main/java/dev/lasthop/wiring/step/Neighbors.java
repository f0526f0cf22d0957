package dev.lasthop.wiring.step;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.netlink.route.NeighborMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link NeighborStep}s and {@link FdbStep}s, by netlink. */
final class Neighbors {
    private Neighbors() {}

    static void add(Places places, NeighborStep.Add step) {
        Site site = places.at(step.place());
        NeighborMessage entry = NeighborMessage.permanent(site.index(step.link()), step.address(), step.mac());
        site.change(
                "set neighbour " + step.address() + " on " + step.link(),
                () -> site.route().replace(entry));
    }

    static void delete(Places places, NeighborStep.Delete step) {
        Site site = places.at(step.place());
        NeighborMessage entry = entry(site, step.link(), step.address());
        site.change(
                "forget neighbour " + step.address() + " on " + step.link(),
                () -> site.route().delete(entry));
    }

    static void addProxy(Places places, NeighborStep.AddProxy step) {
        Site site = places.at(step.place());
        NeighborMessage entry = NeighborMessage.proxy(site.index(step.link()), step.address());
        site.change(
                "answer for " + step.address() + " on " + step.link(),
                () -> site.route().create(entry));
    }

    static void deleteProxy(Places places, NeighborStep.DeleteProxy step) {
        Site site = places.at(step.place());
        NeighborMessage entry = NeighborMessage.proxy(site.index(step.link()), step.address());
        site.change(
                "stop answering for " + step.address() + " on " + step.link(),
                () -> site.route().delete(entry));
    }

    static void addFdb(Places places, FdbStep.Add step) {
        Site site = places.at(step.place());
        NeighborMessage entry = fdb(site, step.link(), step.mac(), step.remote());
        site.change("add FDB entry " + step.mac() + " on " + step.link(), () -> {
            if (step.inAddition()) {
                site.route().append(entry);
            } else {
                site.route().replace(entry);
            }
        });
    }

    static void deleteFdb(Places places, FdbStep.Delete step) {
        Site site = places.at(step.place());
        NeighborMessage entry = fdb(site, step.link(), step.mac(), step.remote());
        site.change(
                "delete FDB entry " + step.mac() + " on " + step.link(),
                () -> site.route().delete(entry));
    }

    /** Whether the entry is one that somebody put there, not one that was learned. */
    static boolean isStatic(Site site, FdbStep.Delete step) {
        IfIndex index = site.index(step.link());
        Bytes mac = Bytes.of(step.mac().bytes());
        return site.route().fdb().stream()
                .filter(entry -> entry.index().equals(index))
                .filter(entry -> entry.attributes()
                        .get(NeighborMessage.LINK_ADDRESS)
                        .filter(mac::equals)
                        .isPresent())
                .anyMatch(entry -> (entry.state() & (NeighborMessage.PERMANENT | NeighborMessage.NO_ARP)) != 0);
    }

    /** The step that makes the permanent entry which is there now; none if there is none. */
    static List<Step> permanent(Site site, String link, IpAddress address) {
        return permanent(site, link).stream()
                .filter(step ->
                        step instanceof NeighborStep.Add add && add.address().equals(address))
                .toList();
    }

    /** The steps that make a link's permanent entries. */
    static List<Step> permanent(Site site, String link) {
        IfIndex index = site.index(link);
        List<Step> steps = new ArrayList<>();
        for (NeighborMessage entry : site.route().neighbors()) {
            boolean permanent =
                    entry.index().equals(index) && entry.state() == NeighborMessage.PERMANENT; // not the kernel's own
            Optional<IpAddress> address = entry.attributes().get(NeighborMessage.DESTINATION);
            if (permanent && address.isPresent()) {
                mac(entry).ifPresent(mac -> steps.add(new NeighborStep.Add(site.place(), link, address.get(), mac)));
            }
        }
        return steps;
    }

    /** The steps that make the entries of a VXLAN's own forwarding database, those that it learned left out. */
    static List<Step> remotes(Site site, String link) {
        IfIndex index = site.index(link);
        List<Step> steps = new ArrayList<>();
        for (NeighborMessage entry : site.route().fdb()) {
            boolean set = entry.index().equals(index)
                    && (entry.flags() & NeighborMessage.SELF) != 0
                    && (entry.state() & (NeighborMessage.PERMANENT | NeighborMessage.NO_ARP)) != 0;
            Optional<IpAddress> remote = entry.attributes().get(NeighborMessage.DESTINATION);
            if (set && remote.isPresent()) {
                mac(entry).ifPresent(mac -> steps.add(new FdbStep.Add(site.place(), link, mac, remote)));
            }
        }
        return steps;
    }

    /** The step that makes the one entry that a VXLAN has for a MAC address; none if there is none. */
    static List<Step> remote(Site site, String link, MacAddress mac) {
        return remotes(site, link).stream()
                .filter(step -> step instanceof FdbStep.Add add && add.mac().equals(mac))
                .toList();
    }

    private static Optional<MacAddress> mac(NeighborMessage entry) {
        return entry.attributes()
                .get(NeighborMessage.LINK_ADDRESS)
                .map(Bytes::toArray)
                .filter(bytes -> bytes.length == 6)
                .map(MacAddress::of);
    }

    private static NeighborMessage entry(Site site, String link, IpAddress address) {
        return new NeighborMessage(
                address.family().number(),
                site.index(link),
                0,
                0,
                0,
                dev.lasthop.netlink.Attributes.of(NeighborMessage.DESTINATION.to(address)));
    }

    private static NeighborMessage fdb(Site site, String link, MacAddress mac, Optional<IpAddress> remote) {
        LinkMessage message = site.link(link);
        return remote.map(address -> NeighborMessage.behindRemote(message.index(), mac, address))
                .orElseGet(() -> NeighborMessage.behindPort(message.index(), mac));
    }
}
