import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.StateFolders;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.step.Place;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Connects and disconnects one endpoint many times in one warm process, with 3, 300, 3,000 others connected. A Linux bridge has 1,023
 * ports at most (BR_MAX_PORTS, net/bridge/br_private.h), and goes through all of them itself whenever one comes or goes: so the others
 * share networks, 100 on each, and the endpoint is on the first. Prints a line for each number and kind: how many there are, the median
 * of connect and of disconnect, and the processor time of one of each, in microseconds; whether the endpoint has a published port
 * ({@code port}) or not ({@code plain}). All the others have one.
 */
public final class Connects {
    private static final String NETWORK = "bench";
    private static final int ON_A_NETWORK = 100;

    private final Wiring wiring;
    private int there;

    private Connects(Wiring wiring) {
        this.wiring = wiring;
    }

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]);
        try (NetworkNamespace host = NetworkNamespace.current();
                var wiring = new Wiring(StateFolders.of(System.getenv()), host)) {
            var bench = new Connects(wiring);
            bench.wiring.createNetwork(NetworkSpec.of(NETWORK, Prefix.parse("10.64.0.0/16")));
            NamedNamespaces.create("probe");
            bench.measure(rounds, true); // warms up
            for (int i = 1; i < args.length; i++) {
                bench.fill(Integer.parseInt(args[i]));
                for (boolean port : new boolean[] {false, true}) {
                    bench.measure(rounds / 4, port);
                    long before = processor();
                    long[][] times = bench.measure(rounds, port);
                    long processor = (processor() - before) / 1000 / rounds;
                    System.out.println(bench.there + " " + median(times[0]) + " " + median(times[1]) + " " + processor
                            + (port ? " port" : " plain"));
                }
            }
        }
    }

    /** Every endpoint has a published port. */
    private void fill(int wanted) {
        for (; there < wanted; there++) {
            NamedNamespaces.create("n" + there);
            int number = there / ON_A_NETWORK;
            String network = number == 0 ? NETWORK : NETWORK + number;
            if (number > 0 && there % ON_A_NETWORK == 0) {
                wiring.createNetwork(NetworkSpec.of(network, Prefix.parse("10." + (64 + number) + ".0.0/16")));
            }
            wiring.connect(spec("n" + there, network, 20_000 + there));
        }
    }

    private long[][] measure(int rounds, boolean port) {
        long[][] times = new long[2][rounds];
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            wiring.connect(port ? spec("probe", NETWORK, 19_999) : ConnectSpec.of(Place.named("probe"), NETWORK));
            long middle = System.nanoTime();
            wiring.disconnect("probe", NETWORK);
            times[0][round] = middle - start;
            times[1][round] = System.nanoTime() - middle;
        }
        return times;
    }

    /** Of all threads, in nanoseconds. */
    private static long processor() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static ConnectSpec spec(String name, String network, int port) {
        return ConnectSpec.of(Place.named(name), network).withPorts(PublishedPort.parse(port + ":80"));
    }

    private static long median(long[] times) {
        Arrays.sort(times);
        return times[times.length / 2] / 1000;
    }
}
