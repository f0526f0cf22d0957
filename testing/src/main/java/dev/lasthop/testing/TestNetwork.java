package dev.lasthop.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * Named namespaces that a test made with {@code ip netns}, and their removal. The names are seen by this test
 * JVM only: its /run/netns is its own (testing/bin/java).
 */
public final class TestNetwork implements AutoCloseable {
    private final List<String> namespaces = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    /** Creates a namespace of exactly this name, with {@code lo} up. */
    public TestNetwork namespace(String name) {
        Tool.run("ip", "netns", "add", name);
        namespaces.add(name);
        Tool.run("ip", "-n", name, "link", "set", "lo", "up");
        return this;
    }

    /** {@code ip -n NAMESPACE …}: the words are split at blanks. */
    public TestNetwork ip(String namespace, String words) {
        Tool.line("ip -n " + namespace + " " + words);
        return this;
    }

    /** Runs a program in a namespace: {@code in("node", "nft", "add table ip t")}. */
    public String in(String namespace, String... command) {
        return attempt(namespace, command).orThrow();
    }

    public Tool.Result attempt(String namespace, String... command) {
        var all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace, "--"));
        all.addAll(List.of(command));
        return Tool.attempt(all.toArray(String[]::new));
    }

    /** Sets a sysctl there: {@code sysctl("node", "net.ipv4.ip_forward", "1")}. */
    public TestNetwork sysctl(String namespace, String key, String value) {
        in(namespace, "sysctl", "-qw", key + "=" + value);
        return this;
    }

    /** A veth pair with each end in its namespace, both up. */
    public TestNetwork veth(String namespace, String end, String peerNamespace, String peerEnd) {
        Tool.run(
                "ip",
                "-n",
                namespace,
                "link",
                "add",
                end,
                "type",
                "veth",
                "peer",
                "name",
                peerEnd,
                "netns",
                peerNamespace);
        return ip(namespace, "link set " + end + " up").ip(peerNamespace, "link set " + peerEnd + " up");
    }

    /** Starts a program in a namespace; it is ended with the network. */
    public Process start(String namespace, String... command) {
        Process process = Tool.start(namespace, command);
        processes.add(process);
        return process;
    }

    /** Whether one ping gets its answer. */
    public boolean ping(String namespace, String address) {
        return attempt(namespace, "ping", "-n", "-c", "1", "-W", "1", address).exit() == 0;
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        namespaces.reversed().forEach(name -> Tool.attempt("ip", "netns", "del", name));
    }
}
