package dev.lasthop.investigation;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a place's {@code resolv.conf} and {@code hosts} say.
 *
 * @param file where the name servers are named
 * @param servers in the order in which they are asked; at most three, as everywhere
 * @param search domains that are put after a short name
 * @param dots a name with as many dots is tried as it stands first
 * @param hosts the hosts file's lines, without comments
 */
record ResolverFiles(String file, List<IpAddress> servers, List<String> search, int dots, List<String> hosts) {
    private static final int MOST_BYTES = 256 * 1024;
    private static final int MOST_SERVERS = 3;
    private static final int MOST_DOMAINS = 6;
    private static final Path HOST = Path.of("/etc");
    private static final Path NAMED = Path.of("/etc/netns");

    ResolverFiles {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
        hosts = List.copyOf(hosts);
    }

    /**
     * Those of an endpoint: of a named namespace what {@code ip netns exec} would show, of a process what the process sees, else the
     * host's own.
     *
     * @param endpoint as the command line names it
     */
    static ResolverFiles of(String endpoint, OptionalLong pid) {
        Optional<Text> resolver = read(endpoint, pid, "resolv.conf");
        Optional<Text> hosts = read(endpoint, pid, "hosts");
        return parse(
                resolver.map(Text::place).orElse("/etc/resolv.conf"),
                resolver.map(Text::content).orElse(""),
                hosts.map(Text::content).orElse(""));
    }

    /** Lines that cannot be understood are passed over, as the C library does. */
    static ResolverFiles parse(String file, String resolver, String hosts) {
        var servers = new ArrayList<IpAddress>();
        List<String> search = List.of();
        int dots = 1;
        for (String line : lines(resolver)) {
            String[] words = line.split("\\s+");
            switch (words[0]) {
                case "nameserver" -> {
                    if (words.length > 1 && servers.size() < MOST_SERVERS) {
                        IpAddress.tryParse(words[1]).ifPresent(servers::add);
                    }
                }
                case "search", "domain" ->
                    search = List.of(words).stream()
                            .skip(1)
                            .limit(MOST_DOMAINS)
                            .filter(DnsMessage::isName)
                            .toList();
                case "options" -> dots = dots(words, dots);
                default -> {} // sortlist and what is to come
            }
        }
        if (servers.isEmpty()) {
            servers.add(
                    IpAddress.parse("127.0.0.1")); // resolv.conf(5): without any, the name server on the machine itself
        }
        return new ResolverFiles(file, servers, search, dots, lines(hosts));
    }

    /** What the hosts file says of a name, in its order. */
    List<IpAddress> local(String name) {
        var found = new ArrayList<IpAddress>();
        for (String line : hosts) {
            String[] words = line.split("\\s+");
            for (int i = 1; i < words.length; i++) {
                if (words[i].equalsIgnoreCase(name)) {
                    IpAddress.tryParse(words[0]).ifPresent(found::add);
                }
            }
        }
        if (found.isEmpty() && name.toLowerCase(Locale.ROOT).equals("localhost")) {
            return List.of(IpAddress.parse("127.0.0.1"), IpAddress.parse("::1")); // RFC 6761, 6.3: never asked for
        }
        return found.stream().distinct().toList();
    }

    /** The full names to ask for, in order. */
    List<String> candidates(String name) {
        if (name.endsWith(".")) {
            return List.of(name);
        }
        var all = new ArrayList<String>();
        boolean first = name.chars().filter(c -> c == '.').count() >= dots;
        if (first) {
            all.add(name);
        }
        search.forEach(domain -> all.add(name + "." + domain));
        if (!first) {
            all.add(name);
        }
        return all.stream().filter(DnsMessage::isName).toList();
    }

    static List<Family> families(Optional<Family> wanted) {
        return wanted.map(List::of).orElse(List.of(Family.IPV4, Family.IPV6));
    }

    private static int dots(String[] words, int otherwise) {
        for (String word : words) {
            if (word.matches("ndots:[0-9]{1,2}")) {
                return Integer.parseInt(word.substring(word.indexOf(':') + 1));
            }
        }
        return otherwise;
    }

    private static List<String> lines(String text) {
        return text.lines()
                .map(line -> line.split("[#;]", 2)[0].strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private record Text(String place, String content) {}

    private static Optional<Text> read(String endpoint, OptionalLong pid, String file) {
        Optional<Text> own = namespaceName(endpoint)
                .map(name -> NAMED.resolve(name).resolve(file))
                .flatMap(ResolverFiles::read);
        if (own.isPresent()) {
            return own;
        }
        if (pid.isPresent()
                && !endpoint.equals("host")
                && namespaceName(endpoint).isEmpty()) {
            return readInside(Path.of("/proc/" + pid.getAsLong() + "/root"), "etc/" + file);
        }
        return read(HOST.resolve(file));
    }

    /** The folder under /etc/netns; empty where the endpoint has none, or none that is one name. */
    private static Optional<String> namespaceName(String endpoint) {
        if (!endpoint.startsWith("netns:")) {
            return Optional.empty();
        }
        String name = endpoint.substring("netns:".length());
        for (String folder : List.of("/run/netns/", "/var/run/netns/")) {
            name = name.startsWith(folder) ? name.substring(folder.length()) : name;
        }
        boolean one = !name.isEmpty() && !name.contains("/") && !name.equals(".") && !name.equals("..");
        return one ? Optional.of(name) : Optional.empty();
    }

    private static Optional<Text> read(Path path) {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(path)) {
            return Optional.of(
                    new Text(path.toString(), new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A container's files are its own: no link in them leads out of its root, no FIFO makes us wait. */
    private static Optional<Text> readInside(Path root, String path) {
        try (Fd folder = Fd.open(root, Fd.O_RDONLY);
                Fd file = folder.openInside(path);
                Memory buffer = Memory.confined(MOST_BYTES)) {
            if (!Files.isRegularFile(Path.of("/proc/self/fd/" + file.raw()))) {
                return Optional.empty();
            }
            byte[] bytes = new byte[file.read(buffer)];
            buffer.bytes().get(bytes);
            return Optional.of(new Text(root + "/" + path, new String(bytes, StandardCharsets.UTF_8)));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }
}
