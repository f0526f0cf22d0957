package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.route.AddressMessage;

/** {@link AddressStep}s, by netlink. */
final class Addresses {
    private Addresses() {}

    static void add(Places places, AddressStep.Add step) {
        Site site = places.at(step.place());
        Attribute[] more = step.noDad() && step.address().family() == Family.IPV6
                ? new Attribute[] {AddressMessage.FLAGS.to(AddressMessage.NO_DAD)}
                : new Attribute[0];
        AddressMessage message = AddressMessage.of(site.index(step.link()), step.address(), more);
        site.change("add address " + step.address() + " to " + step.link(), () -> site.route()
                .create(message));
    }

    static void delete(Places places, AddressStep.Delete step) {
        Site site = places.at(step.place());
        AddressMessage message = AddressMessage.of(site.index(step.link()), step.address());
        site.change("delete address " + step.address() + " from " + step.link(), () -> site.route()
                .delete(message));
    }
}
