package dev.lasthop.cli.wiring;

import dev.lasthop.cli.frame.Argument;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.ExitCode;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.containers.EndpointException;
import dev.lasthop.containers.EndpointSource.Match;
import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.AllowedNetworks;
import dev.lasthop.wiring.Endpoint;
import dev.lasthop.wiring.Gone;
import dev.lasthop.wiring.Network;
import dev.lasthop.wiring.Peer;
import dev.lasthop.wiring.Peers;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.SourceAddress;
import dev.lasthop.wiring.StateFolders;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.WiringException;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Plan;
import dev.lasthop.wiring.step.PlanException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the commands that wire have in common. */
final class WiringWords {
    static final Argument<String> NAME = Argument.one("NAME", "the network's name", Reader.text());
    static final Argument<String> ENDPOINT = Argument.one(
            "ENDPOINT",
            "a network namespace: netns:NAME, netns:/PATH, pid:N, lasthop:NAME, or a plain name",
            Reader.text());
    static final Option<String> NETWORK = Option.value("network", "NAME", "the network; must be given", Reader.text());
    static final Option<String> WHICH_NETWORK =
            Option.value("network", "NAME", "which network, where it is on several", Reader.text());
    static final Option<Boolean> DRY_RUN =
            Option.flag("dry-run", "show what would be done, as commands, and change nothing");

    static final Option<Peer> PEER = Option.value(
                    "peer",
                    "NODE=ADDRESS,SUBNET…",
                    "another node of the network, where it is, and its containers' subnet there; one of each family",
                    WiringWords::peer)
            .repeated();

    private WiringWords() {}

    /** Runs it with this process's namespace as the host, and tells wiring's own failures as a command's. */
    static <T> T with(Function<Wiring, T> work) {
        try (NetworkNamespace host = NetworkNamespace.current();
                var wiring = new Wiring(StateFolders.of(System.getenv()), host)) {
            return work.apply(wiring);
        } catch (WiringException e) {
            throw failure(
                    e, e.isWrongInput() ? ExitCode.USAGE : e.isUnsupported() ? ExitCode.UNSUPPORTED : ExitCode.FAILED);
        } catch (PlanException e) {
            throw failure(e, ExitCode.FAILED);
        }
    }

    /** The same, and warns of what is on record but cannot be read: the work goes on without it. */
    static <T> T with(Invocation invocation, Function<Wiring, T> work) {
        return with(wiring -> {
            wiring.damaged().forEach(invocation.output()::warning);
            return work.apply(wiring);
        });
    }

    /** The option that must be given. */
    static String network(Invocation invocation) {
        return invocation
                .find(NETWORK)
                .orElseThrow(() -> CommandException.usage(
                        "--network is missing", "", "lasthop network ls shows the networks that there are"));
    }

    /** The place that was typed, in the form that outlives this process. */
    static Place place(String typed) {
        try {
            Match match = KnownEndpoints.all().find(typed);
            return match.pid().isPresent()
                    ? Place.process(match.pid().getAsLong())
                    : Place.parse(match.name().replaceFirst("^netns:/proc/([1-9][0-9]{0,9})/ns/net$", "pid:$1"));
        } catch (EndpointException e) {
            throw KnownEndpoints.failure(e);
        }
    }

    /**
     * The connection that is meant: by its name or its namespace's, also where the namespace is gone; else by whatever names its
     * namespace.
     */
    static Endpoint endpoint(Wiring wiring, String typed, Predicate<Endpoint> where, String what) {
        return endpoint(wiring, wiring.endpoints().stream().filter(where).toList(), typed, what);
    }

    /** The same, of those that are {@code known}. */
    static Endpoint endpoint(Wiring wiring, List<Endpoint> known, String typed, String what) {
        String bare = typed.startsWith("lasthop:") ? typed.substring("lasthop:".length()) : typed;
        for (Endpoint one : known) {
            if (one.name().equals(bare) || one.place().label().equals(typed)) {
                return one;
            }
        }
        Place place = place(typed);
        for (Endpoint one : known) {
            if (isIn(one, typed)) {
                return one;
            }
        }
        List<String> ended = wiring.recover(); // what is meant may be what a killed process had begun
        throw CommandException.failed(
                place.label() + " is not connected to " + what,
                ended.isEmpty() ? "" : "a killed lasthop had left something half done; " + String.join("; ", ended),
                "lasthop ls shows what is");
    }

    /** What was taken away, having said so if a killed process had begun to. */
    static <T> T told(Invocation invocation, Gone<T> gone) {
        if (gone.wasBegun()) {
            invocation.output().progress("a killed lasthop had begun this; it has been brought to its end now");
        }
        return gone.what();
    }

    private static boolean isIn(Endpoint known, String typed) {
        try (var endpoint = KnownEndpoints.all().resolve(typed)) {
            return known.isIn(endpoint.namespace());
        } catch (EndpointException e) {
            throw KnownEndpoints.failure(e);
        }
    }

    /** What reads another node. */
    static Peer peer(String text) {
        try {
            return Peer.parse(text);
        } catch (WiringException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static ExitCode show(Invocation invocation, Plan plan) {
        invocation
                .output()
                .result(
                        () -> JsonObject.builder()
                                .put("schema", "lasthop.plan/1")
                                .put("title", plan.title())
                                .putStrings("commands", plan.commands())
                                .build(),
                        plan::commands);
        return ExitCode.DONE;
    }

    /** The result of a change of a network: its document, or a line. */
    static ExitCode changed(Invocation invocation, Wiring wiring, Network network, String line) {
        invocation.output().result(() -> json(wiring, network, List.of()), () -> List.of(line));
        return ExitCode.DONE;
    }

    /** The network's document, with who is on it. */
    static JsonObject json(Wiring wiring, Network network, List<Endpoint> endpoints) {
        JsonObject.Builder json = JsonObject.builder().put("schema", "lasthop.network/1");
        network.toJson().members().forEach(json::put);
        return json.put("endpoints", endpoints, endpoint -> endpoint.toJson(wiring.ports(endpoint)))
                .build();
    }

    static JsonObject json(Endpoint endpoint, List<PublishedPort> ports, List<String> gateways, List<String> warnings) {
        JsonObject.Builder json = JsonObject.builder().put("schema", "lasthop.endpoint/1");
        endpoint.toJson(ports).members().forEach(json::put);
        return json.putStrings("gateways", gateways)
                .putStrings("warnings", warnings)
                .build();
    }

    /** What the endpoints of a network send everything else to. */
    static List<String> gateways(Network network) {
        return network.internal()
                ? List.of()
                : network.subnets().stream()
                        .flatMap(subnet -> subnet.gateway().stream())
                        .map(Object::toString)
                        .toList();
    }

    static String line(Network network) {
        String subnets = network.subnets().stream()
                .map(subnet -> subnet.prefix()
                        + subnet.gateway()
                                .map(gateway -> " (gateway " + gateway + ")")
                                .orElse(""))
                .collect(Collectors.joining(", "));
        var words = new ArrayList<String>();
        words.add(network.driver().toString());
        words.add(subnets.isEmpty() ? "each interface's own addresses" : subnets);
        words.add(network.mtu() == 0 ? "each interface's own MTU" : "MTU " + network.mtu());
        if (network.internal()) {
            words.add("internal");
        } else if (network.crossesHost() && !network.masquerade()) {
            words.add("no masquerade");
        }
        network.settings()
                .find(SourceAddress.class)
                .ifPresent(source -> words.add("leaving as "
                        + source.addresses().stream().map(Object::toString).collect(Collectors.joining(" and "))));
        network.settings()
                .find(AllowedNetworks.class)
                .ifPresent(allowed -> words.add("allowing " + String.join(" and ", allowed.names())));
        List<Peer> peers = Peers.of(network).all();
        if (!peers.isEmpty()) {
            words.add("peers " + peers.stream().map(Peer::node).collect(Collectors.joining(" ")));
        }
        return String.join(", ", words);
    }

    static String addresses(Endpoint endpoint) {
        return endpoint.addresses().stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private static CommandException failure(RuntimeException e, ExitCode code) {
        boolean forbidden = isForbidden(e.getCause());
        return new CommandException(
                forbidden ? ExitCode.UNSUPPORTED : code,
                String.valueOf(e.getMessage()),
                "",
                forbidden ? "run it as root: sudo lasthop …" : "");
    }

    private static boolean isForbidden(@Nullable Throwable cause) {
        return cause instanceof AccessDeniedException
                || cause instanceof KernelException kernel && (kernel.is(Errno.EPERM) || kernel.is(Errno.EACCES));
    }
}
