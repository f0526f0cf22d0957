package dev.lasthop.path;

import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import dev.lasthop.topology.Atlas;
import dev.lasthop.topology.Namespaces;
import dev.lasthop.topology.Recorder;
import java.nio.file.Path;
import java.util.List;

/** A network of real namespaces, made by somebody else's tools, that predictions are compared with. */
final class LiveNetwork implements AutoCloseable {
    private final TestNetwork network = new TestNetwork();
    private final Recorder recorder;

    LiveNetwork(Recorder recorder) {
        this.recorder = recorder;
    }

    TestNetwork network() {
        return network;
    }

    /** The lecture's network, and a second container: c1 and c2 on docker0 in node, server behind node's eth0, which knows the way back. */
    LiveNetwork lecture() {
        for (String name : List.of("c1", "c2", "node", "server")) {
            network.namespace(name).sysctl(name, "net.ipv6.conf.default.accept_dad", "0");
        }
        network.veth("node", "eth0", "server", "eth0");
        network.ip("node", "link add docker0 type bridge").ip("node", "link set docker0 up");
        network.ip("node", "addr add 172.17.0.1/16 dev docker0").ip("node", "addr add 192.0.2.1/24 dev eth0");
        network.ip("node", "-6 addr add fd00:17::1/64 dev docker0 nodad")
                .ip("node", "-6 addr add fd00:2::1/64 dev eth0 nodad");
        network.ip("server", "addr add 192.0.2.2/24 dev eth0").ip("server", "route add 172.17.0.0/16 via 192.0.2.1");
        network.ip("server", "-6 addr add fd00:2::2/64 dev eth0 nodad")
                .ip("server", "-6 route add fd00:17::/64 via fd00:2::1");
        container("c1", 2).container("c2", 3);
        Wait.until(
                "all ports of docker0 forward",
                () -> !network.in("node", "bridge", "link").contains("state disabled")
                        && !network.in("node", "ip", "-br", "link").contains("DOWN"));
        network.sysctl("node", "net.ipv4.ip_forward", "1").sysctl("node", "net.ipv6.conf.all.forwarding", "1");
        return this;
    }

    private LiveNetwork container(String name, int number) {
        String host = "v" + name;
        network.veth(name, "eth0", "node", host);
        network.ip("node", "link set " + host + " master docker0");
        network.ip(name, "addr add 172.17.1." + number + "/16 dev eth0")
                .ip(name, "-6 addr add fd00:17::" + number + "/64 dev eth0 nodad");
        network.ip(name, "route add default via 172.17.0.1").ip(name, "-6 route add default via fd00:17::1");
        return this;
    }

    /** Lines of words: {@code ip NS …}, {@code sysctl NS KEY VALUE}, {@code in NS PROGRAM …}. */
    LiveNetwork does(List<String> lines) {
        for (String line : lines) {
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "ip" -> network.ip(words[1], words[2]);
                case "sysctl" -> {
                    String[] setting = words[2].split(" ");
                    network.sysctl(words[1], setting[0], setting[1]);
                }
                case "in" -> network.in(words[1], words[2].split(" "));
                case "ns" -> network.namespace(words[1]);
                default -> throw new IllegalArgumentException(line);
            }
        }
        return this;
    }

    Prediction ping(String from, String to) {
        return ask(from, source -> Question.ping(source, IpAddress.parse(to)));
    }

    Prediction ask(String from, java.util.function.LongFunction<Question> asked) {
        var atlas = new Atlas(Namespaces.find(), recorder);
        try (NetworkNamespace namespace = NetworkNamespace.open(Path.of("/run/netns/" + from))) {
            atlas.load(namespace, "netns:" + from);
            Question question = asked.apply(namespace.inode());
            int seen = 1;
            for (int i = 0; i < 16; i++) {
                Prediction prediction = Predictor.predict(atlas.snapshot(), question);
                if (prediction.decisive().obstacle().orElse(null) instanceof Obstacle.NobodyAnswers nobody) {
                    atlas.owners(nobody.wanted(), 64)
                            .forEach(owner -> atlas.load(owner.namespace().inode()));
                    if (atlas.snapshot().namespaces().size() > seen) {
                        seen = atlas.snapshot().namespaces().size();
                        continue;
                    }
                }
                boolean complete = prediction.decisive().wanted().stream()
                        .filter(inode -> atlas.load(inode).isPresent())
                        .toList()
                        .isEmpty();
                if (complete) {
                    return prediction;
                }
            }
            throw new AssertionError("a path of too many namespaces");
        }
    }

    /** Whether a ping of one packet, with its second try, gets its answer. */
    boolean answered(String from, String to, String... options) {
        var command = new java.util.ArrayList<>(List.of("ping", "-n", "-c", "2", "-i", "0.3", "-W", "1"));
        command.addAll(List.of(options));
        command.add(to);
        Tool.Result result = network.attempt(from, command.toArray(String[]::new));
        return result.exit() == 0;
    }

    @Override
    public void close() {
        network.close();
    }
}
