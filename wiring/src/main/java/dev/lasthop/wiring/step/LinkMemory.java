package dev.lasthop.wiring.step;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.route.AddressMessage;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is lost along with a link: deleting it, or setting it down, takes away addresses, routes and ports that nobody mentioned. These
 * are the steps that put them back.
 */
final class LinkMemory {
    private static final int LEAST_IPV6_MTU = 1280; // RFC 8200
    private static final int KERNEL_LINK_LOCAL = 3; // IFAPROT_KERNEL_LL: made by the kernel, and will be again

    private static final Key<Integer> PORT_NUMBER = Key.u16(18, "IFLA_BRPORT_NO"); // ports are numbered as they come

    /** What the kernel gives a loopback interface when it comes up, and does not take back when it goes down. */
    private static final Prefix LOOPBACK = Prefix.parse("127.0.0.1/8");

    private LinkMemory() {}

    /** What takes a step back that has not been made yet. */
    static List<Step> undo(LinkStep step, Places places) {
        Site site = places.at(step.place());
        String name = step.name();
        return switch (step) {
            case LinkStep.CreateVeth s -> undoCreation(site, new LinkStep.End(s.place(), name));
            case LinkStep.Create s -> undoCreation(site, new LinkStep.End(s.place(), name));
            case LinkStep.CreateInside s -> undoCreation(places.at(s.end().place()), s.end());
            case LinkStep.Delete s -> ofLink(site, name);
            case LinkStep.Move s -> {
                Step back = new LinkStep.Move(s.to(), s.newName(), s.place(), name);
                boolean up = Links.hasFlag(site, name, LinkStep.LinkFlag.UP); // it comes back down
                yield join(up ? List.of(back, LinkStep.up(s.place(), name)) : List.of(back), hanging(site, name));
            }
            case LinkStep.Rename s -> List.of(new LinkStep.Rename(s.place(), s.newName(), name));
            case LinkStep.Flag s when Links.hasFlag(site, name, s.flag()) == s.on() -> List.of();
            case LinkStep.Flag s -> {
                Step back = new LinkStep.Flag(s.place(), name, s.flag(), !s.on());
                boolean loses = s.flag() == LinkStep.LinkFlag.UP && !s.on();
                if (s.flag() == LinkStep.LinkFlag.UP && s.on() && isBareLoopback(site, name)) {
                    yield List.of(back, new AddressStep.Delete(s.place(), name, LOOPBACK));
                }
                yield join(List.of(back), loses ? hanging(site, name) : List.of());
            }
            case LinkStep.Mtu s -> {
                int before = Links.mtu(site, name);
                Step back = new LinkStep.Mtu(s.place(), name, before);
                boolean loses = s.mtu() < LEAST_IPV6_MTU && before >= LEAST_IPV6_MTU; // the kernel takes IPv6 away
                yield before == s.mtu() ? List.of() : join(List.of(back), loses ? hanging(site, name) : List.of());
            }
            case LinkStep.Mac s ->
                Links.mac(site, name).stream()
                        .<Step>map(before -> new LinkStep.Mac(s.place(), name, before))
                        .toList();
            case LinkStep.Group s -> {
                int before = Links.group(site, name);
                yield before == s.number() ? List.of() : List.of(new LinkStep.Group(s.place(), name, before));
            }
            case LinkStep.Master s -> {
                Optional<String> before = Links.master(site, name);
                yield before.equals(s.master()) ? List.of() : List.of(new LinkStep.Master(s.place(), name, before));
            }
            case LinkStep.PortOption s ->
                changed(Links.portOption(site, name, s.option()), s.value())
                        .<Step>mapToObj(before -> new LinkStep.PortOption(s.place(), name, s.option(), before))
                        .toList();
            case LinkStep.AddVlans s -> PortVlans.undoAdding(site, s);
            case LinkStep.DeleteVlans s -> PortVlans.undoDeleting(site, s);
            case LinkStep.BridgeOption s ->
                changed(Links.bridgeOption(site, name, s.option()), s.value())
                        .<Step>mapToObj(before -> new LinkStep.BridgeOption(s.place(), name, s.option(), before))
                        .toList();
        };
    }

    private static boolean isBareLoopback(Site site, String name) {
        return (site.link(name).flags() & LinkMessage.LOOPBACK) != 0 && !Addresses.has(site, name, LOOPBACK);
    }

    private static IntStream changed(OptionalInt before, int value) {
        return before.stream().filter(old -> old != value);
    }

    /** Nothing, if there is one of that name already: it is somebody else's, and creating will fail. */
    private static List<Step> undoCreation(Site site, LinkStep.End made) {
        return site.has(made.name()) ? List.of() : List.of(new LinkStep.Delete(made.place(), made.name()));
    }

    static List<Step> join(List<Step> first, List<Step> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    /** Its addresses, then the routes over it and its permanent neighbours, each put back if it is not there. */
    static List<Step> hanging(Site site, String name) {
        IfIndex index = site.index(name);
        var steps = new ArrayList<Step>();
        site.route().addresses().stream()
                .filter(address -> address.index().equals(index))
                .filter(address -> address.attributes()
                        .get(AddressMessage.PROTOCOL)
                        .filter(made -> made == KERNEL_LINK_LOCAL)
                        .isEmpty())
                .flatMap(address -> prefix(address).stream())
                .forEach(prefix -> steps.add(new AddressStep.Add(site.place(), name, prefix, true)));
        Routes.over(site, name).forEach(route -> steps.add(new RouteStep.Replace(site.place(), route)));
        steps.addAll(Neighbors.permanent(site, name));
        return steps;
    }

    /** What makes a link again that is to be deleted. A veth pair whose other end is elsewhere is not made again. */
    static List<Step> ofLink(Site site, String name) {
        LinkMessage link = site.link(name);
        Optional<LinkStep.Kind> kind = kind(site, link);
        if (kind.isEmpty()) {
            return List.of();
        }
        var steps = new ArrayList<Step>();
        OptionalInt mtu =
                link.attributes().get(LinkMessage.MTU).map(OptionalInt::of).orElse(OptionalInt.empty());
        steps.add(new LinkStep.Create(site.place(), name, kind.get(), Links.mac(link), mtu));
        Links.master(site, name)
                .ifPresent(bridge -> steps.add(new LinkStep.Master(site.place(), name, Optional.of(bridge))));
        List<LinkMessage> all = site.route().links();
        all.stream()
                .sorted(Comparator.comparing(
                        (LinkMessage port) -> port.portData().get(PORT_NUMBER).orElse(0)))
                .filter(port -> port.attributes()
                        .get(LinkMessage.MASTER)
                        .filter(master -> master == link.index().value())
                        .isPresent())
                .forEach(port -> steps.add(new LinkStep.Master(site.place(), port.name(), Optional.of(name))));
        if ((link.flags() & LinkMessage.UP) != 0) {
            steps.add(LinkStep.up(site.place(), name));
        }
        Traffic.limitOf(site, name).ifPresent(steps::add);
        steps.addAll(hanging(site, name));
        steps.addAll(Neighbors.remotes(site, name));
        return steps;
    }

    private static Optional<LinkStep.Kind> kind(Site site, LinkMessage link) {
        return switch (link.kind()) {
            case "bridge" -> Optional.of(new LinkStep.Bridge());
            case "ifb" -> Optional.of(new LinkStep.Ifb());
            case "macvlan" ->
                link.attributes()
                        .get(LinkMessage.LINK)
                        .map(lower -> new LinkStep.Macvlan(site.nameOf(new IfIndex(lower)), macvlanMode(link)));
            case "ipvlan" ->
                link.attributes()
                        .get(LinkMessage.LINK)
                        .map(lower -> new LinkStep.Ipvlan(site.nameOf(new IfIndex(lower)), ipvlanMode(link)));
            case "vxlan" -> Optional.of(Tunnels.decode(site, link));
            default -> Optional.empty();
        };
    }

    private static LinkStep.IpvlanMode ipvlanMode(LinkMessage link) {
        int number = link.data().get(LinkKinds.Ipvlan.MODE).orElse(0);
        return Stream.of(LinkStep.IpvlanMode.values())
                .filter(mode -> mode.number() == number)
                .findFirst()
                .orElse(LinkStep.IpvlanMode.L2);
    }

    private static LinkStep.MacvlanMode macvlanMode(LinkMessage link) {
        int number = link.data().get(LinkKinds.Macvlan.MODE).orElse(LinkStep.MacvlanMode.BRIDGE.number());
        return Stream.of(LinkStep.MacvlanMode.values())
                .filter(mode -> mode.number() == number)
                .findFirst()
                .orElse(LinkStep.MacvlanMode.BRIDGE);
    }

    private static Optional<Prefix> prefix(AddressMessage address) {
        Optional<IpAddress> own = address.attributes()
                .get(AddressMessage.LOCAL)
                .or(() -> address.attributes().get(AddressMessage.ADDRESS));
        return own.map(known -> new Prefix(known, address.prefixLength()));
    }
}
