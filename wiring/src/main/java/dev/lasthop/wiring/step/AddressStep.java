package dev.lasthop.wiring.step;

import dev.lasthop.address.Prefix;
import java.util.List;

/** Changes of an interface's addresses. */
public sealed interface AddressStep extends Step {
    String link();

    /** The address and the length of the network's prefix: {@code 172.17.1.2/16}. */
    Prefix address();

    /** @param noDad without duplicate address detection, usable at once (IPv6) */
    record Add(Place place, String link, Prefix address, boolean noDad) implements AddressStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip(Words.of("addr add")
                    .add(address)
                    .add("dev", link)
                    .addIf(noDad, "nodad")
                    .toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            return Addresses.has(places.at(place), link, address)
                    ? List.of()
                    : List.of(new Delete(place, link, address));
        }

        @Override
        public void apply(Places places) {
            Addresses.add(places, this);
        }
    }

    /** Takes an address away, and with it the routes that rest on it. */
    record Delete(Place place, String link, Prefix address) implements AddressStep {
        @Override
        public List<String> commands() {
            return List.of(
                    place.ip(Words.of("addr del").add(address).add("dev", link).toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            return LinkMemory.hanging(places.at(place), link).stream()
                    .filter(step ->
                            !(step instanceof Add other) || other.address().equals(address))
                    .toList();
        }

        @Override
        public void apply(Places places) {
            Addresses.delete(places, this);
        }
    }
}
