package dev.lasthop.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lasthop.containers.EndpointSource.Match;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines that are played by a socket and by files, as the real ones have them; the real ones are asked in acceptance/engines.sh. */
class EnginesTest {
    private static final String ID = "4f1c0e5a9b7d4f1c0e5a9b7d4f1c0e5a9b7d4f1c0e5a9b7d4f1c0e5a9b7d0001";
    private static final String OTHER = "4f1c777777774f1c0e5a9b7d4f1c0e5a9b7d4f1c0e5a9b7d4f1c0e5a9b7d0002";
    private static final long OWN = ProcessHandle.current().pid();
    private static final String LIST = """
            [{"Id": "%s", "Names": ["/web", "/other/web"], "State": "running"},
             {"Id": "%s", "Names": ["/db"], "State": "exited"}]""".formatted(ID, OTHER);
    private static final String INSPECT =
            "{\"Id\": \"%s\", \"State\": {\"Running\": true, \"Pid\": %d}}".formatted(ID, OWN);

    @TempDir
    Path folder;

    /** Answers each question with what the map has for its target. */
    private final class Server implements AutoCloseable {
        final Path socket = folder.resolve("s");
        private final ServerSocketChannel channel;

        Server(Map<String, String> answers) throws IOException {
            channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().start(() -> {
                while (channel.isOpen()) {
                    try (SocketChannel caller = channel.accept()) {
                        answer(caller, answers);
                    } catch (IOException e) {
                        // closed, or a caller that went away
                    }
                }
            });
        }

        private static void answer(SocketChannel caller, Map<String, String> answers) throws IOException {
            ByteBuffer in = ByteBuffer.allocate(4096);
            caller.read(in);
            String target = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII).split(" ")[1];
            String said = answers.getOrDefault(target, "HTTP/1.0 404 Not Found\r\n\r\n{}");
            String all = said.startsWith("HTTP") || said.startsWith("!")
                    ? said
                    : "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + said;
            ByteBuffer out = ByteBuffer.wrap(all.getBytes(StandardCharsets.ISO_8859_1));
            while (out.hasRemaining()) {
                caller.write(out);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void dockerBySocket() throws IOException {
        try (var server = new Server(Map.of("/containers/json?all=1", LIST, "/containers/" + ID + "/json", INSPECT))) {
            EndpointSource docker = Engines.docker(server.socket);
            Match web = docker.find("web").getFirst();
            assertThat(web.name()).isEqualTo("docker:web");
            assertThat(web.pid()).hasValue(OWN);
            assertThat(docker.find("4f1c0")).containsExactly(web);
            assertThat(docker.find("4f")).isEmpty();
            assertThat(docker.find("nothere")).isEmpty();
            assertThat(docker.names()).containsExactly("web", "db");
            assertThatThrownBy(() -> docker.find("db"))
                    .isInstanceOf(EndpointException.class)
                    .hasMessageContaining("docker:db is not running");
            Endpoints all = Endpoints.of(List.of(docker));
            assertThat(all.find("web")).isEqualTo(web);
            assertThat(all.find("docker:web")).isEqualTo(web);
            try (Endpoint open = all.resolve("docker:4f1c0e")) {
                assertThat(open.name()).isEqualTo("docker:web");
            }
        }
    }

    @Test
    void oneNameInTwoEnginesIsAnError() throws IOException {
        Files.createDirectories(folder.resolve("tasks/default/web"));
        Files.writeString(folder.resolve("tasks/default/web/init.pid"), Long.toString(OWN));
        try (var server = new Server(Map.of("/containers/json?all=1", LIST, "/containers/" + ID + "/json", INSPECT))) {
            Endpoints all =
                    Endpoints.of(List.of(Engines.docker(server.socket), Engines.containerd(folder.resolve("tasks"))));
            assertThatThrownBy(() -> all.find("web"))
                    .isInstanceOf(EndpointException.class)
                    .hasMessageContaining("docker:web")
                    .hasMessageContaining("containerd:web");
            assertThat(all.find("containerd:web").name()).isEqualTo("containerd:web");
        }
    }

    @Test
    void anEngineThatIsNotThereIsQuiet() {
        assertThat(Engines.docker(folder.resolve("absent")).find("web")).isEmpty();
        assertThat(Engines.podman(folder.resolve("absent"), folder.resolve("a"), folder.resolve("b"))
                        .find("web"))
                .isEmpty();
        assertThat(Engines.containerd(folder.resolve("absent")).find("web")).isEmpty();
        assertThat(Engines.of(Map.of("DOCKER_HOST", "unix://" + folder.resolve("absent"))))
                .extracting(EndpointSource::prefix)
                .containsExactly("docker", "podman", "containerd", "cri");
    }

    /** What comes is somebody else's: a clear error, and nothing else. */
    @Test
    void oddAnswers() throws IOException {
        var random = new Random(3);
        byte[] noise = new byte[2000];
        random.nextBytes(noise);
        for (String answer : List.of(
                "!",
                "!" + new String(noise, StandardCharsets.ISO_8859_1),
                "HTTP/1.0 500 Internal Server Error\r\n\r\n{\"message\": \"no\u001b[31m\"}",
                "HTTP/1.0 200 OK\r\n\r\n[{\"Id\": 5}]",
                "HTTP/1.0 200 OK\r\n\r\n[{\"Names\": [\"/web\"]}]",
                "HTTP/1.0 200 OK\r\n\r\n[",
                "HTTP/1.0 200 OK\r\n\r\n" + "[".repeat(10_000))) {
            try (var server = new Server(Map.of("/containers/json?all=1", answer))) {
                assertThatThrownBy(() -> Engines.docker(server.socket).find("web"))
                        .as(answer)
                        .isInstanceOfSatisfying(
                                EndpointException.class,
                                e -> assertThat(e.kind()).isEqualTo(EndpointException.Kind.UNREACHABLE))
                        .message()
                        .doesNotContain("\u001b");
                assertThat(Endpoints.of(List.of(Engines.docker(server.socket))).find("pid:" + OWN))
                        .isNotNull();
            }
            Files.deleteIfExists(folder.resolve("s"));
        }
    }

    @Test
    void podmanByItsState() throws IOException {
        Path storage = Files.createDirectories(folder.resolve("storage/overlay-containers"));
        Files.writeString(
                storage.resolve("containers.json"),
                "[{\"id\": \"%s\", \"names\": [\"web\"], \"image\": \"x\"}, {\"id\": \"%s\", \"names\": [\"db\"]}, {\"id\": \"ab\"}]"
                        .formatted(ID, OTHER));
        Path run = Files.createDirectories(folder.resolve("run/overlay-containers/" + ID + "/userdata"));
        Files.writeString(run.resolve("pidfile"), OWN + "\n");
        EndpointSource podman =
                Engines.podman(folder.resolve("absent"), folder.resolve("storage"), folder.resolve("run"));
        assertThat(podman.find("web"))
                .containsExactly(
                        new Match("podman:web", Path.of("/proc/" + OWN + "/ns/net"), java.util.OptionalLong.of(OWN)));
        assertThat(podman.find(ID.substring(0, 8))).hasSize(1);
        assertThatThrownBy(() -> podman.find("db")).hasMessageContaining("podman:db is not running");
        Files.writeString(run.resolve("pidfile"), "../../../etc/passwd");
        assertThatThrownBy(() -> podman.find("web")).hasMessageContaining("not running");
        Files.writeString(storage.resolve("containers.json"), "{{{");
        assertThatThrownBy(() -> podman.find("web")).hasMessageContaining("cannot be read");
    }

    @Test
    void kubernetesByContainerdsState() throws IOException {
        Path task = Files.createDirectories(folder.resolve("tasks/k8s.io/" + ID));
        Files.writeString(task.resolve("init.pid"), Long.toString(OWN));
        Files.writeString(
                task.resolve("config.json"),
                "{\"annotations\": {\"io.kubernetes.cri.container-name\": \"nginx\", \"io.kubernetes.cri.sandbox-name\": \"nginx-1\"}}");
        assertThat(Engines.cri(folder.resolve("tasks")).find("nginx").getFirst().name())
                .isEqualTo("cri:nginx");
        assertThat(Engines.containerd(folder.resolve("tasks")).find("nginx")).isEmpty();
    }
}
