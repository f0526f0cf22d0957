package dev.lasthop.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.KernelState;
import dev.lasthop.wiring.step.LinkStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others do to a network, to the disk, and at the same time. */
@KernelTest
class TroubleKernelTest {
    private static final Prefix V4 = Prefix.parse("10.88.0.0/24");

    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private NetworkNamespace host;
    private StateFolders folders;
    private Wiring wiring;

    @BeforeEach
    void wire() {
        network.namespace("host").namespace("outside").namespace("c1").namespace("c2");
        network.veth("host", "eth0", "outside", "eth0");
        network.ip("host", "addr add 192.0.2.1/24 dev eth0").ip("outside", "addr add 192.0.2.2/24 dev eth0");
        host = NetworkNamespace.open(Path.of("/run/netns/host"));
        folders = new StateFolders(folder.resolve("state"), folder.resolve("run"));
        wiring = new Wiring(folders, host);
    }

    @AfterEach
    void close() {
        wiring.close();
        host.close();
        network.close();
    }

    @Test
    void whatOthersTookAwayIsPutBack() {
        wiring.createNetwork(NetworkSpec.of("web", V4).withMtu(1400));
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web").withPorts(PublishedPort.parse("8080:80")));
        assertThat(wiring.planRepair().found()).isEmpty();
        List<String> host = KernelState.of(network, "host");
        List<String> inside = KernelState.of(network, "c1");
        damage("nft flush ruleset", host, inside);
        damage("nft delete table inet lasthop", host, inside);
        damage("nft flush chain inet lasthop postrouting", host, inside);
        damage("nft flush chain inet lasthop postrouting; delete set inet lasthop peers4", host, inside);
        damage("nft flush chain inet lasthop forward; delete chain inet lasthop user-forward", host, inside);
        damage("nft chain inet lasthop guard { policy drop ; }", host, inside);
        damage("nft flush set inet lasthop masquerade4", host, inside);
        damage("nft flush map inet lasthop any4", host, inside);
        damage("sysctl -qw net.ipv4.ip_forward=0", host, inside);
        damage("ip addr flush dev lh-web", host, inside);
        damage("ip link set lh-web down", host, inside);
        damage("ip link del lh-web", host, inside);
        String port = wiring.endpoints().getFirst().hostLink().orElseThrow();
        damage("ip link set " + port + " nomaster", host, inside);
        damage("ip link set " + port + " down", host, inside);
        damage("bridge link set dev " + port + " hairpin off", host, inside);
        damage("ip -n c1 addr flush dev eth0", host, inside);
        damage("ip -n c1 route del default", host, inside);
        damage("ip link del " + port, host, inside);
        wiring.disconnect("c1", "web");
        wiring.removeNetwork("web");
    }

    private void damage(String command, List<String> host, List<String> inside) {
        network.in("host", command.split(" "));
        List<String> found = wiring.repair().found();
        assertThat(found).as(command).isNotEmpty();
        assertThat(wiring.planRepair().found()).as(command).isEmpty();
        settle("host", host, command);
        settle("c1", inside, command);
        Wait.until(command, () -> network.ping("c1", "192.0.2.2"));
    }

    @Test
    void ofTheTableJustWhatWasChangedIsMadeAgain() {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        network.in("host", "nft", "flush", "chain", "inet", "lasthop", "guard");
        Wiring.Repaired repaired = wiring.repair();
        assertThat(repaired.found()).containsExactly("chain guard is empty, and had 1 rule (table inet lasthop)");
        assertThat(repaired.plan().commands())
                .containsExactly(
                        "nft flush chain inet lasthop guard",
                        "nft add rule inet lasthop guard iifname @bridges ip daddr 127.0.0.0/8 drop");
        network.in("host", "nft", "chain inet lasthop forward { policy drop ; }");
        assertThat(wiring.repair().plan().commands())
                .containsExactly(
                        "nft 'add chain inet lasthop forward { type filter hook forward priority 0 ; policy accept ; }'");
        assertThat(wiring.repair().differences()).isEmpty();
        wiring.removeNetwork("web");
    }

    @Test
    void connectingAfterAFlushBringsTheRulesBack() {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web").withPorts(PublishedPort.parse("8080:80")));
        network.in("host", "nft", "flush", "ruleset");
        wiring.connect(ConnectSpec.of(Place.named("c2"), "web"));
        Wait.until("c2 reaches the outside", () -> network.ping("c2", "192.0.2.2"));
        assertThat(network.in("host", "nft", "list", "ruleset"))
                .containsPattern("tcp . 8080 counter packets [0-9]+ bytes [0-9]+ : 10.88.0.2 . 80");
        network.in("host", "nft", "flush", "ruleset");
        wiring.disconnect("c1", "web");
        wiring.disconnect("c2", "web");
        wiring.removeNetwork("web");
    }

    @Test
    void manyAtOnceGetEachTheirOwn() {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        List<String> names = IntStream.range(0, 10).mapToObj(i -> "n" + i).toList();
        names.forEach(network::namespace);
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = names.stream()
                .map(name -> Thread.ofPlatform().start(() -> {
                    try (var own = new Wiring(folders, host)) {
                        own.connect(ConnectSpec.of(Place.named(name), "web"));
                    } catch (RuntimeException | Error e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                }))
                .toList();
        threads.forEach(TroubleKernelTest::join);
        assertThat(failures).isEmpty();
        assertThat(wiring.endpoints().stream().flatMap(endpoint -> endpoint.addresses().stream()))
                .hasSize(10)
                .doesNotHaveDuplicates();
        names.forEach(name -> assertThat(network.ping(name, "10.88.0.1")).isTrue());
    }

    @Test
    void aFullDiskIsSaidAndNothingIsHalfDone() throws IOException {
        onDisk("size=64k", small -> {
            var full = new Wiring(new StateFolders(small.resolve("state"), small.resolve("run")), host);
            full.createNetwork(NetworkSpec.of("web", V4));
            List<String> before = KernelState.of(network, "host");
            Path ballast = small.resolve("ballast");
            Tool.attempt("dd", "if=/dev/zero", "of=" + ballast, "bs=4k");
            assertThatThrownBy(() -> full.connect(ConnectSpec.of(Place.named("c1"), "web")))
                    .isInstanceOf(WiringException.class)
                    .hasMessageContaining(small.toString())
                    .hasMessageContaining("make room");
            settle("host", before, "a full disk");
            assertThat(full.networks()).hasSize(1);
            Files.delete(ballast);
            full.connect(ConnectSpec.of(Place.named("c1"), "web"));
            full.disconnect("c1", "web");
            full.removeNetwork("web");
        });
    }

    @Test
    void aFullDiskForTheJournalAloneToo() throws IOException {
        onDisk("size=64k", small -> {
            var full = new Wiring(new StateFolders(folder.resolve("state"), small.resolve("run")), host);
            full.createNetwork(NetworkSpec.of("web", V4));
            full.connect(ConnectSpec.of(Place.named("c2"), "web"));
            List<String> before = KernelState.of(network, "host");
            Path ballast = small.resolve("ballast");
            Tool.attempt("dd", "if=/dev/zero", "of=" + ballast, "bs=4k");
            for (Runnable change : List.<Runnable>of(
                    () -> full.connect(ConnectSpec.of(Place.named("c1"), "web")),
                    () -> full.publish("c2", PublishedPort.parse("80:80")),
                    () -> full.disconnect("c2", "web"),
                    () -> full.createNetwork(NetworkSpec.of("two", Prefix.parse("10.89.0.0/24"))))) {
                assertThatThrownBy(change::run)
                        .isInstanceOf(RuntimeException.class)
                        .hasMessageContaining(small.toString())
                        .hasMessageContaining("make room");
                settle("host", before, "a full disk");
            }
            assertThat(folder.resolve("state/networks/web/10.88.0.3")).doesNotExist();
            Files.delete(ballast);
            full.disconnect("c2", "web");
            full.removeNetwork("web");
        });
    }

    @Test
    void aReadOnlyDiskIsSaidAndNothingIsHalfDone() throws IOException {
        onDisk("size=1m", disk -> {
            var fixed = new Wiring(new StateFolders(disk.resolve("state"), folder.resolve("run")), host);
            fixed.createNetwork(NetworkSpec.of("web", V4));
            fixed.connect(ConnectSpec.of(Place.named("c2"), "web"));
            List<String> before = KernelState.of(network, "host");
            Tool.run("mount", "-o", "remount,ro", disk.toString());
            for (Runnable change : List.<Runnable>of(
                    () -> fixed.connect(ConnectSpec.of(Place.named("c1"), "web")),
                    () -> fixed.disconnect("c2", "web"),
                    fixed::gc)) {
                assertThatThrownBy(change::run)
                        .isInstanceOf(WiringException.class)
                        .hasMessageContaining(disk.resolve("state/lock").toString())
                        .hasMessageContaining("writable");
            }
            assertThat(fixed.endpoints()).hasSize(1);
            assertThat(fixed.planRepair().found()).isEmpty();
            settle("host", before, "a read-only disk");
            Tool.run("mount", "-o", "remount,rw", disk.toString());
            fixed.disconnect("c2", "web");
            fixed.removeNetwork("web");
        });
    }

    @Test
    void aDamagedFileIsNamedAndKeptAndTheOthersGoOn() throws IOException {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        wiring.createNetwork(NetworkSpec.of("two", Prefix.parse("10.89.0.0/24")));
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web"));
        Path network = folder.resolve("state/declared/web.json");
        Path endpoint = folder.resolve("run/endpoints/c1@web.json");
        for (Path file : List.of(network, endpoint)) {
            String good = Files.readString(file);
            for (String bad : List.of(
                    "",
                    "{",
                    "[]",
                    "null",
                    "{\"name\": 5}",
                    "{\"name\": \"web\"}",
                    good.substring(0, good.length() / 2),
                    good.replace("10.88.0.", "10.88.0.999"),
                    good.replace("\"undo\"", "\"undo\": [{\"step\": \"../x\", \"place\": \"host\"}], \"x\""),
                    "\u0000".repeat(5000),
                    "[".repeat(100_000))) {
                Files.writeString(file, bad);
                isNamedAndTheOthersGoOn(file, bad);
                assertThat(file).hasContent(bad);
            }
            Files.delete(file);
            Files.createDirectory(file);
            isNamedAndTheOthersGoOn(file, "a folder");
            Files.delete(file);
            Files.writeString(file, good);
        }
        assertThat(wiring.damaged()).isEmpty();
        wiring.disconnect("c1", "web");
        wiring.removeNetwork("web");
        wiring.removeNetwork("two");
    }

    private void isNamedAndTheOthersGoOn(Path file, String bad) {
        assertThatThrownBy(() -> wiring.connect(ConnectSpec.of(Place.named("c1"), "web")))
                .as(bad)
                .isInstanceOf(WiringException.class)
                .hasMessageContaining(file.toString());
        assertThat(wiring.damaged()).singleElement().asString().contains(file.toString());
        assertThat(wiring.networks()).extracting(Network::name).contains("two");
        wiring.connect(ConnectSpec.of(Place.named("c2"), "two"));
        assertThat(wiring.gc().removed())
                .as("what is damaged keeps its address")
                .isEmpty();
        wiring.repair();
        wiring.disconnect("c2", "two");
        assertThat(folder.resolve("state/networks/web/10.88.0.2")).exists();
    }

    @Test
    void aNamespaceThatGotTheNumberOfAnotherIsNotTakenForIt() throws IOException {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        network.namespace("again");
        wiring.connect(ConnectSpec.of(Place.named("again"), "web"));
        Tool.run("ip", "netns", "del", "again");
        Tool.run("ip", "netns", "add", "again");
        // mostly it gets the number of the old one by itself; while others make namespaces too, it may not
        long now = NetworkNamespace.inodeOf(Path.of("/run/netns/again"));
        Path record = folder.resolve("run/endpoints/again@web.json");
        Files.writeString(record, Files.readString(record).replaceFirst("\"inode\" ?: ?[0-9]+", "\"inode\": " + now));
        assertThat(wiring.endpoints().getFirst().inode()).isEqualTo(now);
        assertThat(wiring.gc().removed()).containsExactly("removed again@web: netns:again is gone");
        wiring.removeNetwork("web");
    }

    @Test
    void filesAreForRootAlone() throws IOException {
        wiring.createNetwork(NetworkSpec.of("web", V4));
        wiring.connect(ConnectSpec.of(Place.named("c1"), "web"));
        try (var all = Files.walk(folder.resolve("state"))) {
            assertThat(all.map(TroubleKernelTest::mode).distinct().sorted()).containsExactly("rw-------", "rwx------");
        }
        assertThat(Files.readString(folder.resolve("state/networks/web/10.88.0.2")))
                .isEqualTo("c1\r\neth0");
        assertThat(folder.resolve("state/networks/web/last_reserved_ip.0")).hasContent("10.88.0.2");
    }

    @Test
    void workThatItsOwnerAbandonedIsUndone() {
        List<String> before = KernelState.of(network, "host");
        try (Places places = Places.withHost(host)) {
            Plan.of("demo", new LinkStep.Create(Place.HOST, "demo0", new LinkStep.Ifb()))
                    .apply(places, wiring.temporary());
        }
        assertThat(wiring.gc().removed()).as("its owner lives").isEmpty();
        Path file = StateFile.list(folder.resolve("run/temporary")).getFirst();
        try {
            Files.writeString(file, Files.readString(file).replaceFirst("\"started\" ?: ?[0-9]+", "\"started\": 1"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(wiring.gc().removed()).containsExactly("undone: demo");
        settle("host", before, "gc");
    }

    /** What is tried on a disk. */
    private interface DiskWork {
        void on(Path disk) throws IOException;
    }

    private void onDisk(String options, DiskWork work) throws IOException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Tool.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString());
        try {
            work.on(disk);
        } finally {
            Tool.run("umount", disk.toString());
        }
    }

    private void settle(String namespace, List<String> before, String when) {
        KernelState.settled(network, namespace, before, when);
    }

    private static String mode(Path path) {
        try {
            return java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
