package dev.lasthop.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.topology.Atlas;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Route look-ups over random tables and rules against {@code ip route get}. */
@KernelTest
class FibKernelTest {
    private static final List<String> LINKS = List.of("d0", "d1", "d2");
    private static final Pattern DEVICE = Pattern.compile(" dev (\\S+)");
    private static final Pattern GATEWAY = Pattern.compile(" via (\\S+)");
    private static final Pattern SOURCE = Pattern.compile(" src (\\S+)");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void looksUpAsTheKernelDoes(long seed) {
        var random = new Random(seed);
        try (var network = new TestNetwork()) {
            network.namespace("r").namespace("far");
            for (int i = 0; i < LINKS.size(); i++) {
                network.veth("r", LINKS.get(i), "far", "e" + i);
                network.ip("r", "addr add 10." + i + ".0.1/24 dev " + LINKS.get(i));
                network.ip("r", "addr add 10." + i + ".1.1/24 dev " + LINKS.get(i));
            }
            for (int i = 0; i < 24; i++) {
                Tool.attempt(("ip -n r route add " + route(random)).split(" "));
            }
            for (int i = 0; i < 8; i++) {
                Tool.attempt(("ip -n r rule add " + rule(random)).split(" "));
            }
            compare(network, random, seed);
        }
    }

    private static void compare(TestNetwork network, Random random, long seed) {
        var atlas = new Atlas(Namespaces.find(), Recorder.basic());
        try (NetworkNamespace namespace = NetworkNamespace.open(Path.of("/run/netns/r"))) {
            NamespaceState state = atlas.load(namespace, "netns:r");
            for (int i = 0; i < 40; i++) {
                String to = address(random);
                String from = random.nextBoolean() ? "10." + random.nextInt(3) + ".0.1" : "";
                int mark = random.nextInt(3);
                String asked = "ip -n r route get " + to + (from.isEmpty() ? "" : " from " + from)
                        + (mark == 0 ? "" : " mark " + mark);
                Tool.Result said = Tool.attempt(asked.split(" "));
                assertThat(ours(state, to, from, mark))
                        .as(
                                "seed %d: %s%n%s%n%s",
                                seed,
                                asked,
                                network.in("r", "ip", "rule"),
                                network.in("r", "ip", "route", "show", "table", "all"))
                        .isEqualTo(kernels(said));
            }
        }
    }

    private static String ours(NamespaceState state, String to, String from, int mark) {
        IpAddress destination = IpAddress.parse(to);
        IpAddress source = from.isEmpty() ? IpAddress.ANY_IPV4 : IpAddress.parse(from);
        var query = new FibQuery(destination, source, IfIndex.LOOPBACK, IfIndex.NONE, mark, 0, 0, 0, 0);
        return switch (new Fib(state).lookup(query)) {
            case FibResult.Found found -> {
                boolean local = found.route().type() == dev.lasthop.topology.Route.Type.LOCAL;
                String device = local
                        ? "lo"
                        : state.link(found.nextHop().link()).orElseThrow().name();
                String gateway =
                        found.nextHop().gateway().map(IpAddress::toString).orElse("-");
                Optional<IpAddress> chosen = from.isEmpty()
                        ? SourceChoice.choose(state, found.route(), found.nextHop(), destination)
                        : Optional.empty();
                yield device + " " + gateway + " "
                        + chosen.map(IpAddress::toString).orElse("-");
            }
            default -> "no";
        };
    }

    private static String kernels(Tool.Result said) {
        if (said.exit() != 0) {
            return "no";
        }
        String line = said.output().lines().findFirst().orElse("");
        return part(DEVICE, line) + " " + part(GATEWAY, line) + " " + part(SOURCE, line);
    }

    private static String part(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? matcher.group(1) : "-";
    }

    private static String address(Random random) {
        return "10." + random.nextInt(6) + "." + random.nextInt(3) + "." + (1 + random.nextInt(6));
    }

    private static String prefix(Random random) {
        int length = List.of(0, 8, 14, 16, 23, 24, 30, 32).get(random.nextInt(8));
        return new dev.lasthop.address.Prefix(IpAddress.parse(address(random)), length)
                .network()
                .toString();
    }

    private static String route(Random random) {
        String table = " table " + List.of("main", "7", "8").get(random.nextInt(3));
        String metric = random.nextBoolean() ? " metric " + random.nextInt(3) : "";
        if (random.nextInt(6) == 0) {
            return List.of("blackhole", "unreachable", "prohibit", "throw").get(random.nextInt(4)) + " "
                    + prefix(random) + table + metric;
        }
        int link = random.nextInt(3);
        String via =
                random.nextBoolean() ? " via 10." + link + "." + random.nextInt(2) + "." + (2 + random.nextInt(9)) : "";
        return prefix(random) + via + " dev d" + link + table + metric;
    }

    private static String rule(Random random) {
        String not = random.nextInt(4) == 0 ? "not " : "";
        String what = switch (random.nextInt(4)) {
            case 0 -> "from 10." + random.nextInt(3) + ".0.0/16";
            case 1 -> "to " + prefix(random);
            case 2 -> "fwmark " + (1 + random.nextInt(3)) + "/" + (1 + random.nextInt(3));
            default -> "iif lo";
        };
        String action = switch (random.nextInt(8)) {
            case 0 -> "blackhole";
            case 1 -> "lookup main suppress_prefixlength " + random.nextInt(25);
            case 2 -> "goto 32766";
            case 3 -> "prohibit";
            default -> "lookup " + (7 + random.nextInt(2));
        };
        return not + what + " priority " + (100 + random.nextInt(900)) + " " + action;
    }
}
