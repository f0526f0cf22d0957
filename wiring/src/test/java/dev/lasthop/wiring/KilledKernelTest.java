package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.topology.Snapshot;
import dev.lasthop.wiring.step.KernelState;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.json.JsonFactory;

/**
 * {@code kill -9} at random instants, then {@code gc}, or the way back: links, addresses, routes, rules, sysctls, leases and records are as they
 * were before, or as they are when it is done. {@code LASTHOP_KILLS=34}: so many times
 * for each of the six pieces of work of a course.
 */
@KernelTest
class KilledKernelTest {
    private static final Optional<Integer> ASKED =
            Optional.ofNullable(System.getenv("LASTHOP_KILLS")).map(Integer::valueOf);

    private static final int NOTHING = 0;
    private static final int CREATED = 1;
    private static final int CONNECTED = 2;
    private static final int MORE = 3;

    @TempDir
    Path folder;

    private final List<List<String>> pictures = new ArrayList<>();
    private final Map<String, Long> durations = new HashMap<>();
    private int now = NOTHING;
    private Course course = Course.BRIDGE;

    private final TestNetwork network = new TestNetwork();
    private final Random random = new Random(2026);
    private NetworkNamespace host;
    private Wiring wiring;
    private Optional<Process> running = Optional.empty();
    private BufferedReader answers;
    private Writer questions;

    @BeforeEach
    void start() throws IOException {
        network.namespace("host").namespace("outside").namespace("c1");
        network.veth("host", "eth0", "outside", "eth0");
        network.ip("host", "addr add 192.0.2.1/24 dev eth0").ip("host", "route add default via 192.0.2.2");
        network.veth("host", "lan0", "outside", "lan0").veth("host", "nic7", "outside", "nic7");
        network.ip("host", "addr add 192.0.7.1/24 dev nic7").ip("host", "route add 192.0.8.0/24 via 192.0.7.2");
        network.ip("c1", "link set lo down"); // as it is in a new container
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        wiring = new Wiring(new StateFolders(folder.resolve("state"), folder.resolve("run")), host);
    }

    @AfterEach
    void stop() throws InterruptedException {
        end();
        wiring.close();
        host.close();
        network.close();
    }

    @Test
    void aKilledProcessLeavesNothingHalfDone() throws IOException {
        begin(Course.BRIDGE, 2);
        for (int state = MORE; state >= NOTHING; state--) {
            bring(MORE);
            bring(state);
            settle("the way back to state " + state, state);
        }
        kill(0, ASKED.orElse(4));
    }

    @Test
    void norDoesOneOfAnotherDriverOrThatChangesSomething() throws IOException, InterruptedException {
        for (int i = 0; i < Course.OTHERS.size(); i++) {
            begin(Course.OTHERS.get(i), 1);
            kill(i, ASKED.orElse(1));
            end();
        }
    }

    private void kill(int first, int kills) throws IOException {
        var tally = new TreeMap<String, Integer>();
        for (int i = 0; i < kills; i++) {
            int round = first + i;
            killed(1, NOTHING, CREATED, round, tally);
            killed(2, CREATED, CONNECTED, round, tally);
            killed(3, CONNECTED, MORE, round, tally);
            killed(4, MORE, CONNECTED, round, tally);
            killed(5, course.ofEndpoint() ? MORE : CONNECTED, CREATED, round, tally);
            killed(6, CREATED, NOTHING, round, tally);
        }
        bring(NOTHING);
        System.out.println(course.name() + " killed: " + tally + " of " + durations);
    }

    @Test
    void fiftyAtOnceGetEachTheirOwn() throws IOException {
        begin(Course.BRIDGE, 2);
        int copies = 50;
        IntStream.range(0, copies).forEach(i -> network.namespace("n" + i));
        bring(CREATED);
        List<String> before = picture();
        assertThat(ask("together\tconnect\t" + copies)).isEqualTo(Integer.toString(copies));
        assertThat(wiring.endpoints()).hasSize(copies);
        assertThat(wiring.endpoints().stream().flatMap(endpoint -> endpoint.addresses().stream()))
                .hasSize(2 * copies)
                .doesNotHaveDuplicates();
        String ports = network.in("host", "nft", "list", "map", "inet", "lasthop", "any4");
        for (Endpoint endpoint : wiring.endpoints()) {
            String port = wiring.ports(endpoint).getFirst().hostPort() + " counter packets [0-9]+ bytes [0-9]+ : "
                    + endpoint.address(Family.IPV4).orElseThrow();
            assertThat(ports).containsPattern("tcp . " + port + " . 80");
            assertThat(network.ping(endpoint.name(), "10.88.0.1")).isTrue();
        }
        assertThat(wiring.planRepair().found()).isEmpty();
        assertThat(ask("together\tdisconnect\t" + copies)).isEqualTo(Integer.toString(copies));
        // the kernel deletes a hundred interfaces one after the other
        assertThat(KernelState.lasting(before, this::picture, Duration.ofMinutes(1)))
                .isEmpty();
        bring(NOTHING);
    }

    private void begin(Course which, int rounds) throws IOException {
        course = which;
        Process victims = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xint", // a compiler would want to stop the copies, which have nobody to do that
                        "-XX:-UsePerfData",
                        "-Xmn64m",
                        "-cp",
                        String.join(File.pathSeparator, classPath()),
                        Victims.class.getName(),
                        folder.resolve("state").toString(),
                        folder.resolve("run").toString(),
                        folder.resolve("done").toString(),
                        Integer.toString(rounds),
                        course.name())
                .redirectErrorStream(true)
                .start();
        running = Optional.of(victims);
        answers = victims.inputReader();
        questions = victims.outputWriter();
        assertThat(answers.readLine()).isEqualTo("ready");
        pictures.clear();
        durations.clear();
        for (now = NOTHING; now < MORE; ) { // each state seen once by others' tools
            pictures.add(picture());
            bring(now + 1);
        }
        pictures.add(picture());
    }

    private void end() throws InterruptedException {
        if (running.isPresent()) {
            running.get().destroyForcibly().waitFor();
        }
    }

    private Map<String, Runnable> works() {
        return course.with(wiring);
    }

    /** Kills one piece of work that leads from one state to another, and takes one of the ways out of it. */
    private void killed(int number, int before, int after, int round, Map<String, Integer> tally) throws IOException {
        String work = course.work(number);
        bring(before);
        if (!durations.containsKey(work)) {
            durations.put(work, Long.parseLong(ask("time\t" + work)));
            wiring.gc();
            now = stateOnRecord();
            bring(before);
        }
        // most of the time nothing is changed yet: of four instants three are behind the first line in the journal, the
        // nearer the more
        boolean later = round % 4 != 3;
        double part = later ? 0.5 * Math.pow(random.nextDouble(), 3) : 1.1 * random.nextDouble();
        long instant = (long) (part * durations.get(work));
        boolean done = Boolean.parseBoolean(ask((later ? "later" : "kill") + "\t" + work + "\t" + instant));
        String when = course.name() + ", " + work + " killed after " + (later ? "the journal had it for " : "")
                + instant + " ns of " + durations.get(work);
        String outcome;
        if (round % 2 == 0) {
            List<String> collected = wiring.gc().removed();
            now = stateOnRecord();
            assertThat(now).as(when).isIn(before, after);
            outcome = collected.isEmpty()
                    ? now == before ? "not begun" : done ? "done" : "on record"
                    : collected.getFirst().replaceFirst(":.*", "");
            when += ", then gc: " + collected;
        } else {
            boolean ofNetwork = number == 1 || number == 6;
            boolean ofMore = (number == 3 || number == 4) && !course.ofEndpoint();
            int back = ofMore ? 4 : ofNetwork ? 6 : 5;
            boolean begun = number == back && isInJournal();
            boolean was = goBack(back);
            assertThat(was || !begun)
                    .as(when + ": whoever asks again is told that it is gone")
                    .isTrue();
            now = ofMore ? CONNECTED : ofNetwork ? NOTHING : CREATED;
            outcome = was ? "taken back" : "was not there";
            when += ", then the way back";
        }
        tally.merge(work + ", " + outcome, 1, Integer::sum);
        settle(when, now);
    }

    private boolean isInJournal() {
        return !StateFile.list(folder.resolve("run/journal")).isEmpty();
    }

    private boolean goBack(int number) {
        try {
            works().get(course.work(number)).run();
            return true;
        } catch (WiringException e) {
            assertThat(e)
                    .hasMessageMatching("there is no network .*|.* is not connected .*|network web has no peer .*");
            return false;
        }
    }

    private int stateOnRecord() {
        if (wiring.networks().isEmpty()) {
            return NOTHING;
        }
        return wiring.endpoints().isEmpty() ? CREATED : course.hasMore().test(wiring) ? MORE : CONNECTED;
    }

    private void bring(int state) {
        for (; now < state; now++) {
            works().get(course.work(now + 1)).run();
        }
        if (now == MORE && state < MORE && (state == CONNECTED || !course.ofEndpoint())) {
            works().get(course.work(4)).run();
        }
        if (now >= CONNECTED && state < CONNECTED) {
            works().get(course.work(5)).run();
        }
        if (now >= CREATED && state < CREATED) {
            works().get(course.work(6)).run();
        }
        now = state;
    }

    private String ask(String question) throws IOException {
        questions.write(question + "\n");
        questions.flush();
        return answers.readLine();
    }

    /** The kernel tells some things late, such as that a bridge has lost its last port. */
    private void settle(String when, int state) {
        assertThat(KernelState.lasting(pictures.get(state), this::picture))
                .as(when)
                .isEmpty();
    }

    /** All that is to be as it was: the host, the container, and what is on record. */
    private List<String> picture() {
        List<String> all = new ArrayList<>();
        KernelState.of(network, "host").forEach(line -> all.add("host: " + line));
        KernelState.of(network, "c1").forEach(line -> all.add("c1: " + line));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString();
                boolean counts = !name.endsWith("/lock") // stays, as whoever waits for it has it open
                        && !name.contains("/last_reserved_ip") // which address was given last
                        && !name.contains("/.taken-"); // by which a free one is found
                if (counts) {
                    all.add(name + ": " + Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    /** Where this test's classes, ours and the libraries' are, whether they were found by class path or module path. */
    private static Set<String> classPath() {
        Set<String> all = new LinkedHashSet<>();
        for (String property : List.of("java.class.path", "jdk.module.path")) {
            all.addAll(List.of(System.getProperty(property, "").split(File.pathSeparator)));
        }
        for (Class<?> one : List.of(
                Victims.class,
                Wiring.class,
                NetworkNamespace.class,
                NetlinkSocket.class,
                JsonObject.class,
                IpAddress.class,
                Snapshot.class,
                JsonFactory.class)) {
            all.add(Path.of(URI.create(one.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toString()))
                    .toString());
        }
        all.remove("");
        return all;
    }
}
