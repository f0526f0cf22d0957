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
import java.util.stream.Stream;

/**
 * What is lost along with a link: deleting it, or setting it down, takes away addresses, routes and ports that nobody mentioned. These
 * are the steps that put them back.
 */
final class LinkMemory {
    private static final int KERNEL_LINK_LOCAL = 3; // IFAPROT_KERNEL_LL: made by the kernel, and will be again

    private static final Key<Integer> PORT_NUMBER = Key.u16(18, "IFLA_BRPORT_NO"); // ports are numbered as they come

    private LinkMemory() {}

    static List<Step> join(List<Step> first, List<Step> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    /** Its addresses, then the routes over it, each put back if it is not there. */
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
        steps.addAll(hanging(site, name));
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
            case "vxlan" -> Optional.of(vxlan(site, link));
            default -> Optional.empty();
        };
    }

    private static LinkStep.MacvlanMode macvlanMode(LinkMessage link) {
        int number = link.data().get(LinkKinds.Macvlan.MODE).orElse(LinkStep.MacvlanMode.BRIDGE.number());
        return Stream.of(LinkStep.MacvlanMode.values())
                .filter(mode -> mode.number() == number)
                .findFirst()
                .orElse(LinkStep.MacvlanMode.BRIDGE);
    }

    private static LinkStep.Vxlan vxlan(Site site, LinkMessage link) {
        return new LinkStep.Vxlan(
                link.data().get(LinkKinds.Vxlan.ID).orElse(0),
                link.data().get(LinkKinds.Vxlan.LOCAL).or(() -> link.data().get(LinkKinds.Vxlan.LOCAL6)),
                link.data().get(LinkKinds.Vxlan.GROUP).or(() -> link.data().get(LinkKinds.Vxlan.GROUP6)),
                link.data().get(LinkKinds.Vxlan.PORT).orElse(4789),
                link.data()
                        .get(LinkKinds.Vxlan.LINK)
                        .filter(lower -> lower != 0)
                        .map(lower -> site.nameOf(new IfIndex(lower))),
                link.data().get(LinkKinds.Vxlan.LEARNING).orElse(1) != 0);
    }

    private static Optional<Prefix> prefix(AddressMessage address) {
        Optional<IpAddress> own = address.attributes()
                .get(AddressMessage.LOCAL)
                .or(() -> address.attributes().get(AddressMessage.ADDRESS));
        return own.map(known -> new Prefix(known, address.prefixLength()));
    }
}
