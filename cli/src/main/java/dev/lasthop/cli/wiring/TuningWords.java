package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.Change;
import dev.lasthop.wiring.Change.RateChange;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.ExtraRoutes;
import dev.lasthop.wiring.ExtraRoutes.ExtraRoute;
import dev.lasthop.wiring.InterfaceMtu;
import dev.lasthop.wiring.KernelParameters;
import dev.lasthop.wiring.RateLimits;
import dev.lasthop.wiring.Setting;
import dev.lasthop.wiring.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The options of an endpoint's own that {@code connect} and {@code set} have in common. */
final class TuningWords {
    private static final Option<Integer> MTU =
            Option.value("mtu", "BYTES", "the interface's MTU, at most the network's", Reader.integer(68, 65535));
    private static final Option<RateChange> RATE_IN = Option.value(
            "rate-in", "RATE", "how much may go into it in a second: 10mbit; unlimited", RateChange::parse);
    private static final Option<RateChange> RATE_OUT = Option.value(
            "rate-out", "RATE", "how much may come out of it in a second: 10mbit; unlimited", RateChange::parse);
    private static final Option<ExtraRoute> ROUTE = Option.value(
                    "route",
                    "PREFIX[,GATEWAY]",
                    "one more route; through the network's gateway if none is said",
                    ExtraRoute::parse)
            .repeated();
    private static final Option<Map.Entry<String, String>> SYSCTL = Option.value(
                    "sysctl",
                    "NAME=VALUE",
                    "a kernel parameter of its namespace, set back on disconnect; IFNAME in it is the interface",
                    TuningWords::parameter)
            .repeated();

    static final List<Option<?>> OPTIONS = List.of(MTU, RATE_IN, RATE_OUT, ROUTE, SYSCTL);

    private TuningWords() {}

    /** What was asked for at connect time. */
    static Settings settings(Invocation invocation) {
        Settings settings = Settings.NONE;
        Optional<Integer> mtu = invocation.find(MTU);
        if (mtu.isPresent()) {
            settings = settings.with((Setting) new InterfaceMtu(mtu.get()));
        }
        var rates = new RateLimits(
                invocation.find(RATE_IN).flatMap(RateChange::rate),
                invocation.find(RATE_OUT).flatMap(RateChange::rate));
        if (rates.in().isPresent() || rates.out().isPresent()) {
            settings = settings.with(rates);
        }
        if (!invocation.all(ROUTE).isEmpty()) {
            settings = settings.with(new ExtraRoutes(invocation.all(ROUTE)));
        }
        SortedMap<String, String> parameters = parameters(invocation);
        return parameters.isEmpty() ? settings : settings.with(new KernelParameters(parameters));
    }

    /** What is to be changed. */
    static Change change(Invocation invocation) {
        Change change = Change.NOTHING.withRoutes(invocation.all(ROUTE)).withParameters(parameters(invocation));
        Optional<Integer> mtu = invocation.find(MTU);
        if (mtu.isPresent()) {
            change = change.withMtu(mtu.get());
        }
        Optional<RateChange> in = invocation.find(RATE_IN);
        if (in.isPresent()) {
            change = change.withRateIn(in.get());
        }
        Optional<RateChange> out = invocation.find(RATE_OUT);
        return out.isPresent() ? change.withRateOut(out.get()) : change;
    }

    /** What an endpoint has of its own, a line a kind. */
    static List<String> lines(Endpoint endpoint) {
        return endpoint.settings().all().stream()
                .flatMap(setting -> switch (setting) {
                    case InterfaceMtu mtu -> Optional.of("MTU " + mtu.bytes()).stream();
                    case RateLimits rates -> Optional.of(words(rates)).stream();
                    case ExtraRoutes routes ->
                        routes.all().stream()
                                .map(route -> "route " + route.toString().replace(",", " via "));
                    case KernelParameters parameters ->
                        parameters.values().entrySet().stream().map(one -> one.getKey() + " = " + one.getValue());
                    default -> Optional.<String>empty().stream();
                })
                .toList();
    }

    private static String words(RateLimits rates) {
        String in = rates.in().map(rate -> rate + " in").orElse("");
        String out = rates.out().map(rate -> rate + " out").orElse("");
        return "rate " + in + (in.isEmpty() || out.isEmpty() ? "" : ", ") + out;
    }

    private static SortedMap<String, String> parameters(Invocation invocation) {
        var all = new TreeMap<String, String>();
        invocation.all(SYSCTL).forEach(one -> all.put(one.getKey(), one.getValue()));
        return all;
    }

    private static Map.Entry<String, String> parameter(String text) {
        int sign = text.indexOf('=');
        if (sign < 0) {
            throw new IllegalArgumentException("a parameter is NAME=VALUE, such as net.ipv4.ip_default_ttl=128");
        }
        return Map.entry(
                KernelParameters.checkedName(text.substring(0, sign).strip()),
                KernelParameters.checkedValue(text.substring(sign + 1).strip()));
    }
}
