package dev.lasthop.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers and routers as engines make them: namespaces of processes, under no name. */
@KernelTest
class UnnamedNamespacesTest {
    private static final String FAR = "198.18.5.2";

    private final List<Process> processes = new ArrayList<>();
    private long box;
    private long node;
    private long far;

    @BeforeEach
    void build() throws IOException {
        box = namespace();
        node = namespace();
        far = namespace();
        in(node, "ip link add br5 type bridge");
        in(node, "ip link add port5 type veth peer name in5 netns " + box);
        in(node, "ip link set port5 master br5 up");
        in(node, "ip link set br5 up");
        in(node, "ip addr add 10.55.0.1/24 dev br5");
        in(node, "ip link add out5 type veth peer name far5 netns " + far);
        in(node, "ip link set out5 up");
        in(node, "ip addr add 198.18.5.1/24 dev out5");
        in(node, "sysctl -qw net.ipv4.ip_forward=1");
        in(box, "ip link set in5 up");
        in(box, "ip addr add 10.55.0.7/24 dev in5");
        in(box, "ip route add default via 10.55.0.1");
        in(far, "ip link set far5 up");
        in(far, "ip addr add 198.18.5.2/24 dev far5");
        in(far, "ip route add 10.55.0.0/24 via 198.18.5.1");
        in(far, "ip route add 10.56.0.0/24 via 198.18.5.1"); // it is used to networks behind that router
        Wait.until("the ping passes", this::pings);
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void aRouterIsNamedByItsProcessAndMended() {
        in(node, "sysctl -qw net.ipv4.ip_forward=0");
        mends("dropped ip-forward-disabled pid:" + node + " br5 in");
    }

    @Test
    void soIsTheFarEnd() {
        in(far, "ip route del 10.55.0.0/24");
        mends("no-reply no-return-path pid:" + far + " far5 in");
    }

    @Test
    void soIsTheSource() {
        in(box, "ip route del default");
        mends("not-sent no-default-route pid:" + box + " in5 out");
    }

    private void mends(String expected) {
        Answer answer = Answer.of(List.of("diagnose", "pid:" + box, FAR, "--format", "json", "--fix", "--yes"));
        assertThat(answer.document().string("verdict") + " " + answer.cause() + " " + answer.lastHop())
                .as(answer.text())
                .isEqualTo(expected);
        assertThat(answer.document().flag("fixed", false)).as(answer.text()).isTrue();
        Wait.until("the ping passes again", this::pings);
    }

    private boolean pings() {
        return Tool.attempt("nsenter", "-n", "-t", "" + box, "ping", "-n", "-c", "1", "-W", "1", FAR)
                        .exit()
                == 0;
    }

    private static void in(long process, String words) {
        Tool.line("nsenter -n -t " + process + " " + words);
    }

    /** The pid of a process in a network namespace of its own. */
    private long namespace() throws IOException {
        Process process = new ProcessBuilder("unshare", "--net", "sleep", "300").start();
        processes.add(process);
        Path link = Path.of("/proc/" + process.pid() + "/ns/net");
        Path own = Path.of("/proc/self/ns/net");
        Wait.until("it has a namespace of its own", () -> !target(link).equals(target(own)));
        in(process.pid(), "ip link set lo up");
        return process.pid();
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
