package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.json.JsonObject;
import java.util.List;

/**
 * Which of a network's addresses are given to those who ask for none in particular. Whoever asks for one can have any.
 *
 * @param ranges those that are; empty for all
 * @param excluded those among them that are not, as they are somebody else's
 */
public record LeaseRanges(List<AddressRange> ranges, List<AddressRange> excluded) implements Setting {
    static final String KEY = "leases";
    public static final LeaseRanges ALL = new LeaseRanges(List.of(), List.of());

    public LeaseRanges {
        ranges = List.copyOf(ranges);
        excluded = List.copyOf(excluded);
    }

    /** Where a subnet's leases come from, in their order. */
    List<AddressRange> of(Subnet subnet) {
        List<AddressRange> own = ranges.stream()
                .filter(range -> range.first().family() == subnet.family())
                .toList();
        if (!own.isEmpty()) {
            return own;
        }
        IpAddress last = subnet.prefix().last();
        return List.of(new AddressRange(
                subnet.prefix().first().plus(1), subnet.family() == Family.IPV4 ? last.plus(-1) : last));
    }

    /** @throws WiringException if one is not in these subnets */
    LeaseRanges checked(List<Subnet> subnets) {
        for (AddressRange range : ranges) {
            Subnet home = subnets.stream()
                    .filter(subnet -> range.isWithin(subnet.prefix()))
                    .findFirst()
                    .orElseThrow(
                            () -> WiringException.wrong("range " + range + " is not within a subnet of the network"));
            if (range.contains(home.prefix().first())
                    || home.family() == Family.IPV4
                            && range.contains(home.prefix().last())) {
                throw WiringException.wrong("range " + range + " has the network's or the broadcast address of "
                        + home.prefix() + " in it");
            }
        }
        for (AddressRange range : excluded) {
            if (subnets.stream().noneMatch(subnet -> range.isWithin(subnet.prefix()))) {
                throw WiringException.wrong("what is excluded, " + range + ", is not within a subnet of the network");
            }
        }
        return this;
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder()
                .putStrings(
                        "ranges", ranges.stream().map(AddressRange::toString).toList())
                .putStrings(
                        "excluded",
                        excluded.stream().map(AddressRange::toString).toList())
                .build();
    }

    static LeaseRanges ofJson(JsonObject json) {
        return new LeaseRanges(
                json.strings("ranges").stream().map(AddressRange::parse).toList(),
                json.strings("excluded").stream().map(AddressRange::parse).toList());
    }
}
