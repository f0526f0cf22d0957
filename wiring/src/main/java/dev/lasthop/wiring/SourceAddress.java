package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * The address that what leaves the host gets as its source, in place of the outgoing interface's own.
 *
 * @param addresses one or two, of different families
 */
public record SourceAddress(List<IpAddress> addresses) implements Setting {
    static final String KEY = "snat";

    public SourceAddress {
        addresses = addresses.stream().sorted().toList();
        if (addresses.stream().map(IpAddress::family).distinct().count() != addresses.size()) {
            throw WiringException.wrong("a network's packets leave with one source address of each family, not "
                    + addresses.stream().map(IpAddress::toString).toList());
        }
    }

    Optional<IpAddress> of(Family family) {
        return addresses.stream().filter(address -> address.family() == family).findFirst();
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder()
                .putStrings(
                        "addresses", addresses.stream().map(IpAddress::toString).toList())
                .build();
    }

    static SourceAddress ofJson(JsonObject json) {
        return new SourceAddress(
                json.strings("addresses").stream().map(IpAddress::parse).toList());
    }
}
