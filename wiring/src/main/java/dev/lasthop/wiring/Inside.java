package dev.lasthop.wiring;

import dev.lasthop.address.MacAddress;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.route.LinkMessage;
import dev.lasthop.wiring.step.Places;
import java.util.Optional;

/** An endpoint's namespace, seen when it is to be left. */
final class Inside {
    private Inside() {}

    /** The namespace, unless it is gone or its name stands for another by now. */
    static Optional<HostView> of(Endpoint endpoint, Places places) {
        try {
            var site = places.at(endpoint.place());
            return endpoint.isIn(site.namespace()) ? Optional.of(new HostView(site)) : Optional.empty();
        } catch (KernelException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<MacAddress> mac(LinkMessage link) {
        return link.attributes()
                .get(LinkMessage.ADDRESS)
                .map(Bytes::toArray)
                .filter(bytes -> bytes.length == 6)
                .map(MacAddress::of);
    }
}
