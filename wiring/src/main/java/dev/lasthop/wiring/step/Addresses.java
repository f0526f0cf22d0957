package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.route.AddressMessage;

/** {@link AddressStep}s, by netlink. */
final class Addresses {
    private Addresses() {}

    static void add(Places places, AddressStep.Add step) {
        Site site = places.at(step.place());
        int flags = step.noDad() && step.address().family() == Family.IPV6 ? AddressMessage.NO_DAD : 0;
        AddressMessage message = message(site.index(step.link()), step.address(), AddressMessage.FLAGS.to(flags));
        site.change(
                "add address " + step.address() + " to " + step.link(),
                () -> site.route().create(message));
    }

    static boolean has(Site site, String link, Prefix address) {
        IfIndex index = site.index(link);
        return site.route().addresses().stream()
                .filter(known -> known.index().equals(index) && known.prefixLength() == address.length())
                .flatMap(known -> known
                        .attributes()
                        .get(AddressMessage.LOCAL)
                        .or(() -> known.attributes().get(AddressMessage.ADDRESS))
                        .stream())
                .anyMatch(address.address()::equals);
    }

    static void delete(Places places, AddressStep.Delete step) {
        Site site = places.at(step.place());
        AddressMessage message = message(site.index(step.link()), step.address());
        site.change(
                "delete address " + step.address() + " from " + step.link(),
                () -> site.route().delete(message));
    }

    /** Without a broadcast address, as {@code ip addr add} has it: the kernel makes the route for it anyway. */
    private static AddressMessage message(IfIndex index, Prefix address, Attribute... more) {
        Attributes attributes =
                Attributes.of(AddressMessage.LOCAL.to(address.address()), AddressMessage.ADDRESS.to(address.address()));
        for (Attribute attribute : more) {
            attributes = attributes.with(attribute);
        }
        return new AddressMessage(address.family().number(), address.length(), 0, 0, index, attributes);
    }
}
