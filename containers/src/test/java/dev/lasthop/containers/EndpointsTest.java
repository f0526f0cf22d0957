package dev.lasthop.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.containers.EndpointException.Kind;
import dev.lasthop.containers.EndpointSource.Match;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try") // a network is there to be closed
class EndpointsTest {
    /** A source that knows some names; a name finds all that begin with it. */
    private record Fixed(String prefix, List<String> names) implements EndpointSource {
        @Override
        public List<Match> find(String name) {
            return names.stream()
                    .filter(known -> known.startsWith(name))
                    .map(known -> new Match(prefix + ":" + known, Path.of("/proc/self/ns/net"), OptionalLong.empty()))
                    .toList();
        }
    }

    private static Kind refusal(Endpoints endpoints, String text) {
        try {
            endpoints.resolve(text).close();
        } catch (EndpointException e) {
            return e.kind();
        }
        throw new AssertionError(text + " was found");
    }

    @Test
    void theHostAndProcessesArePlaces() {
        try (var host = Endpoints.local().resolve("host");
                var self = Endpoints.local()
                        .resolve("pid:" + ProcessHandle.current().pid())) {
            assertThat(host.name()).isEqualTo("host");
            assertThat(self.name()).isEqualTo("pid:" + ProcessHandle.current().pid());
            assertThat(self.pid()).hasValue(ProcessHandle.current().pid());
            assertThat(self.namespace().inode()).isEqualTo(host.namespace().inode());
        }
    }

    @Test
    @KernelTest
    void aNamedNamespaceIsFoundInEveryForm() {
        try (var network = new TestNetwork().namespace("blue")) {
            long inode = NetworkNamespace.inodeOf(Path.of("/run/netns/blue"));
            for (String form :
                    List.of("blue", "netns:blue", "netns:/run/netns/blue", "netns:/run/netns/../netns/blue")) {
                try (var endpoint = Endpoints.local().resolve(form)) {
                    assertThat(endpoint.name()).as(form).isEqualTo("netns:blue");
                    assertThat(endpoint.namespace().inode()).as(form).isEqualTo(inode);
                }
            }
            assertThatThrownBy(() -> Endpoints.local().resolve("blu"))
                    .isInstanceOf(EndpointException.class)
                    .hasMessage("there is no place called \"blu\" on this host. Did you mean netns:blue?");
        }
    }

    @Test
    @KernelTest
    void aProcessInAnotherNamespaceLeadsThereUntilItEnds() throws InterruptedException {
        try (var network = new TestNetwork().namespace("blue")) {
            Process sleeper = network.start("blue", "sleep", "100");
            long inode = NetworkNamespace.inodeOf(Path.of("/run/netns/blue"));
            Wait.until("nsenter has entered", () -> {
                try (var place = Endpoints.local().resolve("pid:" + sleeper.pid())) {
                    return place.namespace().inode() == inode;
                }
            });
            sleeper.destroyForcibly().waitFor();
            assertThat(refusal(Endpoints.local(), "pid:" + sleeper.pid())).isEqualTo(Kind.GONE);
        }
    }

    @Test
    @KernelTest
    void aStaleNameIsNoNamespace() throws IOException {
        Path stale = Files.createFile(Path.of("/run/netns/stale"));
        try {
            assertThatThrownBy(() -> Endpoints.local().resolve("stale"))
                    .isInstanceOf(EndpointException.class)
                    .hasMessageContaining("netns:stale is not a network namespace")
                    .hasMessageContaining("ip netns del stale");
        } finally {
            Files.delete(stale);
        }
    }

    @Test
    void aNameThatSeveralKnowIsAmbiguous() {
        var endpoints = Endpoints.of(
                List.of(new Fixed("docker", List.of("web", "worker")), new Fixed("podman", List.of("web"))));
        assertThatThrownBy(() -> endpoints.resolve("web"))
                .hasMessage("\"web\" could be docker:web or podman:web: name it with its prefix");
        assertThat(refusal(endpoints, "docker:w")).isEqualTo(Kind.AMBIGUOUS);
        try (var web = endpoints.resolve("podman:web")) {
            assertThat(web.name()).isEqualTo("podman:web");
        }
        assertThatThrownBy(() -> endpoints.resolve("docker:wbe")).hasMessageContaining("no place called");
        assertThatThrownBy(() -> endpoints.resolve("workers")).hasMessageContaining("Did you mean docker:worker?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "netns:",
                "pid:",
                "pid:0",
                "pid:-1",
                "pid:+1",
                "pid:1/../2",
                "pid:99999999999",
                "pid:4294967297",
                "netns:../x",
                "netns:a/b",
                "netns:..",
                "a\u0000b",
                "a\nb",
                "\u001b[31mred",
                "nosuchengine:web"
            })
    void whatIsNotWrittenAsAPlaceIsRefused(String text) {
        assertThat(refusal(Endpoints.local(), text)).isEqualTo(Kind.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "$(reboot)",
                "; rm -rf /",
                "%s%n",
                "ünïcödé",
                "..",
                "netns:/etc/passwd",
                "netns:/proc/self/ns/uts"
            })
    void hostileNamesAreOnlyUnknown(String text) {
        assertThat(refusal(Endpoints.local(), text)).isIn(Kind.UNKNOWN, Kind.MALFORMED);
    }

    @Test
    void aProcessThatNeverWasIsGone() {
        assertThat(refusal(Endpoints.local(), "pid:2147483646")).isEqualTo(Kind.GONE);
    }
}
