import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.linux.Poll;
import dev.lasthop.linux.SystemCall;
import dev.lasthop.wiring.ConnectSpec;
import dev.lasthop.wiring.NetworkSpec;
import dev.lasthop.wiring.PublishedPort;
import dev.lasthop.wiring.StateFolders;
import dev.lasthop.wiring.Wiring;
import dev.lasthop.wiring.step.Place;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Publishes many ports of one endpoint in one warm process, and opens connections through the first and the last of them. Prints lines of
 * a name and a number, times in microseconds: of publishing the mean processor time and the median of the time elapsed, of connections the median. Run by bench/publish, in namespaces of its own: {@code outside} is another machine
 * that reaches this one at 192.0.2.1.
 */
public final class Publishes {
    private static final int FIRST = 10_001;
    private static final int PORTS_AT_ONCE = 500;
    private static final Place SERVER = Place.named("server");

    private Publishes() {}

    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "publish" -> publish(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            case "connect" -> connect(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void publish(int ports, int rounds) throws IOException {
        try (NetworkNamespace host = NetworkNamespace.current();
                var wiring = new Wiring(StateFolders.of(System.getenv()), host)) {
            wiring.createNetwork(NetworkSpec.of("bench", Prefix.parse("10.64.0.0/16"), Prefix.parse("fd64::/64")));
            wiring.connect(ConnectSpec.of(SERVER, "bench"));
            wiring.publish("server", port(FIRST));
            for (int i = 0; i < 3; i++) {
                once(wiring, rounds, FIRST + 1); // warms up: until the compiler has nothing left to do
            }
            print("first", once(wiring, rounds, FIRST + 1));
            long slab = memory();
            long start = System.nanoTime();
            fill(wiring, ports);
            System.out.println("fill-ms " + (System.nanoTime() - start) / 1_000_000);
            print("last", once(wiring, rounds, FIRST + ports - 1));
            wiring.publish("server", port(FIRST + ports - 1));
            System.out.println("memory-kB " + (memory() - slab));
        }
    }

    /** All but the first and the last: ports of other endpoints, some hundred in one change. */
    private static void fill(Wiring wiring, int ports) {
        int last = FIRST + ports - 1;
        for (int from = FIRST + 1; from < last; from += PORTS_AT_ONCE) {
            NamedNamespaces.create("other" + from);
            wiring.connect(ConnectSpec.of(Place.named("other" + from), "bench")
                    .withPorts(IntStream.range(from, Math.min(last, from + PORTS_AT_ONCE))
                            .mapToObj(Publishes::port)
                            .toList()));
        }
    }

    private static PublishedPort port(int number) {
        return PublishedPort.parse(number + ":80");
    }

    private record Cost(long processor, long elapsed) {}

    private static void print(String name, Cost cost) {
        System.out.println(name + " " + cost.processor());
        System.out.println(name + "-elapsed " + cost.elapsed());
    }

    /** Publishes a port that then is taken back, so that each round finds the same. */
    private static Cost once(Wiring wiring, int rounds, int number) {
        long[] elapsed = new long[rounds];
        long processor = 0;
        for (int round = 0; round < rounds; round++) {
            long before = processor();
            long start = System.nanoTime();
            wiring.publish("server", port(number));
            elapsed[round] = System.nanoTime() - start;
            processor += processor() - before;
            wiring.unpublish("server", port(number));
        }
        return new Cost(processor / rounds / 1000, median(elapsed));
    }

    /** The processor time of all threads of this process, the kernel's work for it included: what others do at the same time does not count. */
    private static long processor() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** The kernel's own memory: slabs, and what is counted for each processor. */
    private static long memory() throws IOException {
        return Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .filter(line -> line.startsWith("Slab:") || line.startsWith("Percpu:") || line.startsWith("VmallocUsed:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** Opens connections to one port and to another by turns. */
    private static void connect(int one, int other, int rounds) {
        try (NetworkNamespace outside = NetworkNamespace.open(Path.of("/run/netns/outside"));
                NetworkNamespace server = NetworkNamespace.open(Path.of("/run/netns/server"))) {
            Fd listener = server.call(() -> Fd.socket(10, Fd.SOCK_STREAM | Fd.SOCK_NONBLOCK, 0));
            listener.setOption(1, 2, 1); // SOL_SOCKET, SO_REUSEADDR
            listener.bind(address(IpAddress.ANY_IPV6, 80));
            Kernel.call("listen", SystemCall.LISTEN, listener.raw(), 4096);
            Thread.ofPlatform().daemon().start(() -> accept(listener));
            long[][] times = new long[2][rounds];
            outside.call(() -> {
                for (int round = -rounds / 4; round < rounds; round++) {
                    long first = open(one);
                    long second = open(other);
                    if (round >= 0) {
                        times[0][round] = first;
                        times[1][round] = second;
                    }
                }
                return null;
            });
            System.out.println("connect-one " + median(times[0]));
            System.out.println("connect-other " + median(times[1]));
        }
    }

    private static long open(int port) {
        try (Fd socket = Fd.socket(2, Fd.SOCK_STREAM, 0)) {
            socket.setOption(1, 13, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}); // SO_LINGER 0: leaves nothing tracked behind
            byte[] to = address(IpAddress.parse("192.0.2.1"), port);
            long start = System.nanoTime();
            long result = socket.connect(to);
            long time = System.nanoTime() - start;
            if (result != 0) {
                throw new IllegalStateException("connect to port " + port + ": " + result);
            }
            return time;
        }
    }

    private static void accept(Fd listener) {
        while (true) {
            if (Poll.readable(List.of(listener), Duration.ofSeconds(1))[0] != 0) {
                long caller = Kernel.attempt(SystemCall.ACCEPT4, listener.raw(), 0, 0, Fd.SOCK_CLOEXEC);
                if (caller >= 0) {
                    Fd.owning(caller).close();
                }
            }
        }
    }

    private static byte[] address(IpAddress address, int port) {
        boolean ipv4 = address.bytes().length == 4;
        ByteBuffer out = ByteBuffer.allocate(ipv4 ? 16 : 28).order(ByteOrder.nativeOrder());
        out.putShort((short) (ipv4 ? 2 : 10)).order(ByteOrder.BIG_ENDIAN).putShort((short) port);
        (ipv4 ? out : out.putInt(0)).put(address.bytes());
        return out.array();
    }

    private static long median(long[] times) {
        Arrays.sort(times);
        return times[times.length / 2] / 1000;
    }
}
