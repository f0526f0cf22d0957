package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.wiring.step.Rate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is to be different about a connected endpoint; what it does not mention stays: {@code Change.NOTHING.withMtu(1400)}.
 *
 * @param addresses at most one a family, in place of the one that it has
 * @param rateIn a rate, or that there is to be none
 * @param routes to be added
 * @param withoutRoutes to be taken away, of those that were added
 * @param parameters kernel parameters and their values; {@code IFNAME} in a name stands for the interface
 * @param withoutParameters to be set back to what they were before
 */
public record Change(
        List<IpAddress> addresses,
        OptionalInt mtu,
        Optional<MacAddress> mac,
        Optional<RateChange> rateIn,
        Optional<RateChange> rateOut,
        List<ExtraRoutes.ExtraRoute> routes,
        List<Prefix> withoutRoutes,
        SortedMap<String, String> parameters,
        List<String> withoutParameters) {
    public static final Change NOTHING = new Change(
            List.of(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            new TreeMap<>(),
            List.of());

    public Change {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        withoutRoutes = List.copyOf(withoutRoutes);
        parameters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        withoutParameters = List.copyOf(withoutParameters);
    }

    /** A rate that is to be; empty for as fast as it goes. */
    public record RateChange(Optional<Rate> rate) {
        /** @throws IllegalArgumentException if it is neither a rate nor {@code unlimited} */
        public static RateChange parse(String text) {
            return new RateChange(text.equals("unlimited") ? Optional.empty() : Optional.of(Rate.parse(text)));
        }
    }

    public Change withAddresses(List<IpAddress> wanted) {
        return with(draft -> draft.addresses = wanted);
    }

    public Change withMtu(int bytes) {
        return with(draft -> draft.mtu = OptionalInt.of(bytes));
    }

    public Change withMac(MacAddress wanted) {
        return with(draft -> draft.mac = Optional.of(wanted));
    }

    public Change withRateIn(RateChange wanted) {
        return with(draft -> draft.rateIn = Optional.of(wanted));
    }

    public Change withRateOut(RateChange wanted) {
        return with(draft -> draft.rateOut = Optional.of(wanted));
    }

    public Change withRoutes(List<ExtraRoutes.ExtraRoute> wanted) {
        return with(draft -> draft.routes = wanted);
    }

    public Change withoutRoutes(List<Prefix> unwanted) {
        return with(draft -> draft.withoutRoutes = unwanted);
    }

    public Change withParameters(SortedMap<String, String> wanted) {
        return with(draft -> draft.parameters = wanted);
    }

    public Change withoutParameters(List<String> unwanted) {
        return with(draft -> draft.withoutParameters = unwanted);
    }

    private Change with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.change();
    }

    /** What the {@code with…} methods write in. */
    private static final class Draft {
        private List<IpAddress> addresses;
        private OptionalInt mtu;
        private Optional<MacAddress> mac;
        private Optional<RateChange> rateIn;
        private Optional<RateChange> rateOut;
        private List<ExtraRoutes.ExtraRoute> routes;
        private List<Prefix> withoutRoutes;
        private SortedMap<String, String> parameters;
        private List<String> withoutParameters;

        Draft(Change before) {
            addresses = before.addresses;
            mtu = before.mtu;
            mac = before.mac;
            rateIn = before.rateIn;
            rateOut = before.rateOut;
            routes = before.routes;
            withoutRoutes = before.withoutRoutes;
            parameters = before.parameters;
            withoutParameters = before.withoutParameters;
        }

        Change change() {
            return new Change(
                    addresses, mtu, mac, rateIn, rateOut, routes, withoutRoutes, parameters, withoutParameters);
        }
    }
}
