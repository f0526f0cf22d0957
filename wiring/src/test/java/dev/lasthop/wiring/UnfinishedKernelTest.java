package dev.lasthop.wiring;

import static dev.lasthop.wiring.HostAndOutside.C1;
import static dev.lasthop.wiring.HostAndOutside.C2;
import static dev.lasthop.wiring.HostAndOutside.V4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.SystemCall;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Places;
import dev.lasthop.wiring.step.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process was taking away is gone when somebody asks for it again; and what an earlier start of the machine left. */
@KernelTest
class UnfinishedKernelTest {
    private static final PublishedPort PORT = PublishedPort.parse("8080:80");
    private static final Peer PEER = Peer.parse("n2=192.0.2.2,10.89.0.0/24");

    @TempDir
    Path folder;

    private HostAndOutside place;
    private Wiring wiring;
    private Store store;

    @BeforeEach
    void wire() {
        place = new HostAndOutside(folder);
        wiring = place.wiring;
        store = place.store();
        wiring.createNetwork(NetworkSpec.of("web", V4));
    }

    @AfterEach
    void close() {
        place.close();
    }

    @Test
    void whatWasBeingTakenAwayIsGoneForWhoeverAsksAgain() throws IOException {
        List<String> created = place.state();
        Endpoint c1 = wiring.connect(ConnectSpec.of(C1, "web").withPorts(PORT)).endpoint();
        goes(
                begun(unpublishing(c1), "c1@web", Amendment.delete(c1, List.of(PORT))),
                () -> wiring.unpublish("c1", PORT),
                () -> wiring.published("c1", HostPort.parse("8080")).contains(PORT));

        Network network = wiring.addPeer("web", PEER);
        goes(
                begun(
                        wiring.planRemovePeer("web", "n2"),
                        "web",
                        List.of(Amendment.save(network.with(Peers.of(network).without("n2"))))),
                () -> wiring.removePeer("web", "n2"),
                () -> !wiring.planRemovePeer("web", "n2").steps().isEmpty());

        goes(
                begun(
                        wiring.planDisconnect("c1", "web"),
                        "c1@web",
                        List.of(
                                new Amendment.Release(
                                        "web", c1.addresses().getFirst().address(), "c1"),
                                Amendment.delete(c1))),
                () -> wiring.disconnect("c1", "web"),
                () -> wiring.leaving().equals(List.of(c1))
                        && !wiring.planDisconnect("c1", "web").steps().isEmpty());
        place.isAsBefore(created);

        goes(
                begun(
                        wiring.planRemoveNetwork("web"),
                        "web",
                        List.of(
                                new Amendment.ReleaseAll("web"),
                                Amendment.forgetForwarding(),
                                Amendment.delete(network))),
                () -> wiring.removeNetwork("web"),
                () -> !wiring.planRemoveNetwork("web").steps().isEmpty());
        assertThat(place.nft("list", "ruleset")).isEmpty();
    }

    /** One has begun to leave and is still on record, as the kernel takes its time to delete its interface, when the other leaves. */
    @Test
    void ofTwoThatLeaveAtTheSameTimeOneIsTheLast() {
        List<String> created = place.state();
        wiring.connect(ConnectSpec.of(C1, "web").withPorts(PORT));
        wiring.connect(ConnectSpec.of(C2, "web").withPorts(PublishedPort.parse("8081:80")));
        assertThat(routeLocalnet()).isEqualTo("1");
        try (Places places = Places.withHost(place.host)) {
            Removal.Leaving first = new EndpointChanges(places, store).leave("c1", "web", Ended.NOTHING);
            assertThat(routeLocalnet()).isEqualTo("1");
            wiring.disconnect("c2", "web");
            assertThat(routeLocalnet()).isEqualTo("0");
            assertThat(first.end(places)).isEmpty();
        }
        place.isAsBefore(created);
    }

    private String routeLocalnet() {
        return place.network
                .in("host", "sysctl", "-n", "net.ipv4.conf.lh-web.route_localnet")
                .strip();
    }

    private Plan unpublishing(Endpoint endpoint) {
        try (Places places = Places.withHost(place.host)) {
            return new Plan("unpublish", new Removal(places, store).withoutPorts(endpoint, List.of(PORT), true));
        }
    }

    /** At both ends of the way: when nothing but the journal had been written, and when all was done but forgetting the journal. */
    private void goes(Path journal, Supplier<Gone<?>> taking, Supplier<Boolean> isSeen) throws IOException {
        String written = Files.readString(journal);
        assertThat(isSeen.get()).isTrue();
        assertThat(taking.get().wasBegun()).isTrue();
        assertThat(journal).doesNotExist();
        Files.writeString(journal, written);
        assertThat(isSeen.get()).isTrue();
        assertThat(taking.get().wasBegun()).isTrue();
        assertThat(journal).doesNotExist();
        assertThatThrownBy(taking::get).isInstanceOf(WiringException.class);
    }

    /** What a process leaves that is killed right after it wrote down what it is going to do. */
    private Path begun(Plan plan, String subject, List<Amendment> amendments) {
        try (Places places = Places.withHost(place.host)) {
            new Work(store, places, plan.title(), subject).begin(plan.steps(), amendments);
        }
        return StateFile.list(folder.resolve("run/journal")).getFirst();
    }

    @Test
    void whatNeverWasConnectedIsNotDisconnected() {
        wiring.connect(ConnectSpec.of(C1, "web"));
        assertThatThrownBy(() -> wiring.disconnect("c2", "web")).hasMessageContaining("\"c2\" is not connected to web");
        assertThat(wiring.disconnect("c1", "web").wasBegun()).isFalse();
        assertThatThrownBy(() -> wiring.disconnect("c1", "web")).hasMessageContaining("\"c1\" is not connected to web");
        begun(new Plan("connect c2 to web", List.of()), "c2@web", List.of());
        assertThatThrownBy(() -> wiring.disconnect("c2", "web")).hasMessageContaining("\"c2\" is not connected to web");
    }

    @Test
    void whatForwardingWasAtAnEarlierStartOfTheMachineIsNotSetBack() throws IOException {
        Path record = folder.resolve("run/forwarding.json");
        String ofThisStart = Files.readString(record);
        Files.writeString(record, ofThisStart.replaceFirst(Boot.id(), "11111111-2222-3333-4444-555555555555"));
        assertThat(store.forwardingBefore()).isEmpty();
        wiring.removeNetwork("web");
        assertThat(forwarding()).as("this start had it from elsewhere").isEqualTo("1");
        assertThat(record).doesNotExist();

        place.network.sysctl("host", "net.ipv4.ip_forward", "0");
        wiring.createNetwork(NetworkSpec.of("web", V4));
        Files.writeString(record, Files.readString(record).replaceFirst(Boot.id(), "another"));
        place.network.sysctl("host", "net.ipv4.ip_forward", "0"); // as a machine starts
        wiring.repair();
        assertThat(forwarding()).isEqualTo("1");
        wiring.removeNetwork("web");
        assertThat(forwarding()).as("what repair found at this start").isEqualTo("0");
    }

    private String forwarding() {
        return place.network.in("host", "sysctl", "-n", "net.ipv4.ip_forward").strip();
    }

    @Test
    void aDamagedJournalIsSetAsideBySayingSoAndKeepsNobodyFromWorking() throws IOException {
        Path journal = Files.createDirectories(folder.resolve("run/journal")).resolve("half.json");
        Path temporary =
                Files.createDirectories(folder.resolve("run/temporary")).resolve("half.json");
        Files.writeString(temporary, "{");
        int number = 1;
        for (String bad : List.of(
                "",
                "{\"title\": \"x\", \"subject\": \"c1@web\", \"bo",
                "{\"title\": \"x\", \"subject\": \"c1@web\", \"boot\": \"\", \"namespaces\": {}, \"steps\": [],"
                        + " \"amendments\": [{\"drop\": \"endpoint\", \"name\": \"c1@web\", \"was\": {}}]}",
                "{\"title\": \"x\", \"subject\": \"c1@web\", \"boot\": \"\", \"namespaces\": {}, \"steps\": [],"
                        + " \"amendments\": [{\"drop\": \"endpoint\", \"name\": \"../../../etc/passwd\"}]}")) {
            Files.writeString(journal, bad);
            wiring.connect(ConnectSpec.of(C2, "web"));
            wiring.disconnect("c2", "web");
            assertThat(journal).hasContent(bad);
            if (bad.contains("passwd")) {
                continue; // reads well, and leads nowhere when it comes to it
            }
            assertThat(wiring.damaged()).singleElement().asString().contains(journal + " is damaged: ", "lasthop gc");
            Wiring.Collected collected = wiring.gc();
            Path aside = folder.resolve("run/journal/half.json.damaged" + (number == 1 ? "" : "-" + number));
            number++;
            assertThat(collected.removed()).isEmpty();
            assertThat(collected.kept().getFirst())
                    .contains(journal + " is damaged: ", "kept as " + aside, "lasthop repair --check");
            assertThat(aside).hasContent(bad);
            assertThat(wiring.damaged()).isEmpty();
            assertThat(wiring.gc()).isEqualTo(new Wiring.Collected(List.of(), List.of()));
        }
        assertThat(folder.resolve("run/temporary/half.json.damaged")).hasContent("{");
        Files.delete(journal);
        wiring.removeNetwork("web");
    }

    @Test
    void aDamagedFileOfWorkThatGoesOnStaysWhereItIs() throws IOException {
        wiring.connect(ConnectSpec.of(C1, "web"));
        Path journal = begun(new Plan("x", List.of()), "c9@web", List.of());
        Files.writeString(journal, "{");
        try (Fd held = Fd.open(journal, Fd.O_RDONLY)) {
            Kernel.call("lock", SystemCall.FLOCK, held.raw(), 2 | 4);
            assertThat(wiring.gc().kept()).isEmpty();
            assertThat(journal).exists();
        }
        assertThat(wiring.gc().kept()).hasSize(1);
        assertThat(wiring.endpoints()).extracting(Endpoint::place).containsExactly(Place.named("c1"));
    }
}
