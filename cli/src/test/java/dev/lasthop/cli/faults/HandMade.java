package dev.lasthop.cli.faults;

import dev.lasthop.testing.TestNetwork;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network that somebody else's tools make, line by line. A line is a program, the role of the namespace that it is run in, and its words:
 * {@code ip gate route del default}, {@code sysctl core net.ipv4.ip_forward=0}, {@code nft gate add table ip t}. Words are split at
 * blanks. {@code ns ROLE…} makes namespaces, {@code veth ROLE LINK ROLE LINK} a pair that is up, {@code await ROLE PROGRAM…} waits until the
 * program prints something.
 */
final class HandMade implements AutoCloseable {
    private final String prefix;
    private final TestNetwork network = new TestNetwork();

    /** @param prefix begins the names of the namespaces, as several networks are there at once */
    HandMade(String prefix) {
        this.prefix = prefix;
    }

    HandMade run(String... lines) {
        Arrays.stream(lines)
                .flatMap(String::lines)
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(this::run);
        return this;
    }

    private void run(String line) {
        List<String> words = new ArrayList<>(List.of(line.split("\\s+")));
        String program = words.removeFirst();
        switch (program) {
            case "ns" -> words.forEach(role -> network.namespace(prefix + role));
            case "veth" -> network.veth(name(words.get(0)), words.get(1), name(words.get(2)), words.get(3));
            case "ip" -> network.ip(name(words.removeFirst()), String.join(" ", words));
            case "bridge" -> Tool.line("bridge -n " + name(words.removeFirst()) + " " + String.join(" ", words));
            case "sysctl" -> network.in(name(words.removeFirst()), with("sysctl", "-qw", words));
            case "start" -> network.start(name(words.removeFirst()), words.toArray(String[]::new));
            case "await" -> {
                String role = name(words.removeFirst());
                String[] command = words.toArray(String[]::new);
                Wait.until(
                        line + " says something",
                        () -> !network.attempt(role, command).output().isBlank());
            }
            case "try" -> network.attempt(name(words.removeFirst()), words.toArray(String[]::new));
            default -> network.in(name(words.removeFirst()), with(program, "", words));
        }
    }

    private static String[] with(String program, String option, List<String> words) {
        var all = new ArrayList<>(List.of(program));
        if (!option.isEmpty()) {
            all.add(option);
        }
        all.addAll(words);
        return all.toArray(String[]::new);
    }

    private String name(String role) {
        return prefix + role;
    }

    Place place(String role) {
        return Place.named(name(role));
    }

    /** {@code gate wan0 in} as the report writes it. */
    String hop(String words) {
        return "netns:" + prefix + words;
    }

    TestNetwork network() {
        return network;
    }

    @Override
    public void close() {
        network.close();
    }
}
