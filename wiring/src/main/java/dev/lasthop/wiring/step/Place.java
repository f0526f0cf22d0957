package dev.lasthop.wiring.step;

import dev.lasthop.linux.NamedNamespaces;
import dev.lasthop.linux.NetworkNamespace;
import java.nio.file.Path;

/**
 * Where a change is made: a network namespace, how it is opened, and how it is written on a command line. Two places are the same when
 * they are named the same way.
 */
public sealed interface Place {
    /** The namespace that the work was started in. */
    Place HOST = new Host();

    /** As the command line names it: {@code host}, {@code netns:blue}, {@code pid:4242}. */
    String label();

    /** A line for {@code ip}: {@code ip link} becomes {@code ip -n blue link}. */
    String ip(String words);

    /** A line for {@code bridge}. */
    String bridge(String words);

    /** A line for {@code tc}. */
    String tc(String words);

    /** A line for any other program. */
    String run(String words);

    /** A named namespace, {@code /run/netns/NAME}. */
    static Place named(String name) {
        return new Named(name);
    }

    /** The namespace of a process. */
    static Place process(long pid) {
        return new OfProcess(pid);
    }

    /** The namespace whose file this is. */
    static Place file(Path path) {
        return new OfFile(path);
    }

    /** A namespace that is open in this process. It stays the caller's to close, and must stay open while steps in it are at work. */
    static Place live(NetworkNamespace namespace, String label) {
        return new Live(namespace, label);
    }

    /**
     * The place that a label names; {@code pid:}, {@code netns:} (a name or a path) and {@code host} are known.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Place parse(String label) {
        if (label.equals("host")) {
            return HOST;
        }
        if (label.startsWith("pid:") && label.substring(4).matches("[1-9][0-9]{0,9}")) {
            return new OfProcess(Long.parseLong(label.substring(4)));
        }
        if (label.startsWith("netns:") && label.length() > 6) {
            String rest = label.substring(6);
            return rest.contains("/") ? new OfFile(Path.of(rest)) : new Named(rest);
        }
        throw new IllegalArgumentException("not a place such as host, netns:blue or pid:4242: " + label);
    }

    /** A place that has no name for {@code ip -n}: all programs are run alike there. */
    sealed interface Unnamed extends Place {
        @Override
        default String ip(String words) {
            return run("ip " + words);
        }

        @Override
        default String bridge(String words) {
            return run("bridge " + words);
        }

        @Override
        default String tc(String words) {
            return run("tc " + words);
        }
    }

    /** @see Place#HOST */
    record Host() implements Unnamed {
        @Override
        public String label() {
            return "host";
        }

        @Override
        public String run(String words) {
            return words;
        }
    }

    /** @see Place#named */
    record Named(String name) implements Place {
        public Named {
            NamedNamespaces.path(name); // refuses what would leave the folder
        }

        @Override
        public String label() {
            return "netns:" + name;
        }

        @Override
        public String ip(String words) {
            return within("ip", words);
        }

        @Override
        public String bridge(String words) {
            return within("bridge", words);
        }

        @Override
        public String tc(String words) {
            return within("tc", words);
        }

        private String within(String program, String words) {
            return program + " -n " + Words.quote(name) + " " + words;
        }

        @Override
        public String run(String words) {
            return "ip netns exec " + Words.quote(name) + " " + words;
        }
    }

    /** @see Place#process */
    record OfProcess(long pid) implements Unnamed {
        @Override
        public String label() {
            return "pid:" + pid;
        }

        @Override
        public String run(String words) {
            return "nsenter -n -t " + pid + " " + words;
        }
    }

    /** @see Place#file */
    record OfFile(Path path) implements Unnamed {
        @Override
        public String label() {
            return "netns:" + path;
        }

        @Override
        public String run(String words) {
            return "nsenter --net=" + Words.quote(path.toString()) + " " + words;
        }
    }

    /** @see Place#live */
    record Live(NetworkNamespace namespace, String label) implements Unnamed {
        @Override
        public String run(String words) {
            return "nsenter --net=" + namespace.path() + " " + words;
        }
    }
}
