package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.Driver;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A driver on the command line: its name and its own options. One class a driver, each named once in {@link #ALL}. */
interface DriverWords {
    List<DriverWords> ALL = List.of(
            new BridgeWords(),
            new RoutedWords(),
            new VxlanWords(),
            new MacvlanWords(),
            new IpvlanWords(),
            new AttachWords());

    Option<DriverWords> DRIVER = Option.value(
            "driver",
            names().replace(", ", "|"),
            "how endpoints get onto it; bridge if it is not said",
            DriverWords::named);

    Option<String> PARENT = Option.value(
            "parent", "LINK", "macvlan, ipvlan: the interface of the host that endpoints share", Reader.text());
    Option<String> MODE = Option.value(
            "mode",
            "MODE",
            "macvlan: bridge (if it is not said), private, vepa or passthru; ipvlan: l2 (if it is not said), l3 or l3s",
            Reader.text());

    /** As {@code --driver} takes it. */
    String name();

    /** Those that only some drivers take. */
    List<Option<?>> options();

    /** The driver as it was asked for. */
    Driver read(Invocation invocation);

    /** {@code --driver} and the options of all drivers, none twice. */
    static List<Option<?>> all() {
        return Stream.concat(Stream.<Option<?>>of(DRIVER), ALL.stream().flatMap(words -> words.options().stream()))
                .distinct()
                .toList();
    }

    /** The driver that was asked for; refuses options that are another's. */
    static Driver driver(Invocation invocation) {
        DriverWords chosen = invocation.find(DRIVER).orElse(ALL.getFirst());
        for (Option<?> option : all()) {
            boolean isForeign = !option.equals(DRIVER) && !chosen.options().contains(option);
            if (isForeign && invocation.has(option)) {
                throw CommandException.usage(
                        "--" + option.name() + " is no option of driver " + chosen.name(),
                        "it belongs to driver "
                                + ALL.stream()
                                        .filter(words -> words.options().contains(option))
                                        .map(DriverWords::name)
                                        .collect(Collectors.joining(" or ")),
                        "choose that with --driver, or leave the option out");
            }
        }
        return chosen.read(invocation);
    }

    /** The interface to share, which must be said. */
    static String parent(Invocation invocation, String driver) {
        return invocation
                .find(PARENT)
                .orElseThrow(() -> CommandException.usage(
                        "--parent is missing",
                        "driver " + driver + " shares an interface of the host",
                        "write --parent eth0"));
    }

    /** The mode by its name. */
    static <E extends Enum<E>> E mode(Invocation invocation, Class<E> modes, E usual) {
        return invocation
                .find(MODE)
                .map(text -> {
                    try {
                        return Reader.choice(modes).read(text);
                    } catch (IllegalArgumentException e) {
                        throw CommandException.usage(
                                "--mode " + text + " is not one of this driver's", String.valueOf(e.getMessage()), "");
                    }
                })
                .orElse(usual);
    }

    private static DriverWords named(String name) {
        Optional<DriverWords> found =
                ALL.stream().filter(words -> words.name().equals(name)).findFirst();
        return found.orElseThrow(() -> new IllegalArgumentException("there are these drivers: " + names()));
    }

    private static String names() {
        return ALL.stream().map(DriverWords::name).collect(Collectors.joining(", "));
    }
}
