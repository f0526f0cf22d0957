package dev.lasthop.cli.wiring;

import dev.lasthop.address.Prefix;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.wiring.Application;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.WiringException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Published ports on the command line: in connect and in publish. */
final class PortWords {
    static final String FORM = "[HOST_IP:]HOST[-END]:PORT[/PROTOCOL]";
    static final Option<Prefix> ALLOW_FROM = Option.value(
                    "allow-from",
                    "PREFIX",
                    "only from there the published ports may be used; everybody if it is not said",
                    Prefix::parse)
            .repeated();
    static final Option<Application> HELPER = Option.value(
            "helper",
            "ftp|tftp",
            "what is spoken at the published port, and names further connections that are to be let through",
            reading(Application::parse));

    private PortWords() {}

    /** What reads a port to publish. */
    static PublishedPort published(String text) {
        return reading(PublishedPort::parse).read(text);
    }

    /** Makes of wiring's complaint about a word the command line's. */
    static <T> dev.lasthop.cli.frame.Reader<T> reading(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (WiringException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        };
    }

    /** The ports with what the options say about them. */
    static List<PublishedPort> with(Invocation invocation, List<PublishedPort> ports) {
        List<Prefix> sources = invocation.all(ALLOW_FROM);
        Optional<Application> application = invocation.find(HELPER);
        if (ports.isEmpty() && (!sources.isEmpty() || application.isPresent())) {
            throw CommandException.usage(
                    "--" + (sources.isEmpty() ? HELPER.name() : ALLOW_FROM.name()) + " is about published ports",
                    "none is published here",
                    "write --publish " + FORM);
        }
        application.ifPresent(what -> requireOne(what, ports));
        return ports.stream()
                .map(port -> port.allowingFrom(sources))
                .map(port -> application
                        .filter(what -> what.protocol().equals(port.protocol()))
                        .map(what -> port.speaking(Optional.of(what)))
                        .orElse(port))
                .toList();
    }

    private static void requireOne(Application what, List<PublishedPort> ports) {
        long fit = ports.stream()
                .filter(port -> port.protocol().equals(what.protocol()))
                .count();
        if (fit != 1) {
            throw CommandException.usage(
                    "--helper " + what + " does not say which port is meant",
                    "it is spoken over " + what.protocol() + ", and " + fit + " such ports are published here",
                    "publish that port by itself: lasthop publish ENDPOINT " + FORM + " --helper " + what);
        }
    }

    static String list(List<PublishedPort> ports) {
        return ports.stream().map(PublishedPort::words).collect(Collectors.joining("; "));
    }
}
