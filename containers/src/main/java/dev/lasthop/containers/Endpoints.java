package dev.lasthop.containers;

import dev.lasthop.containers.EndpointSource.Match;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Finds places by the names that people give them. A name without a prefix is looked up in every source, in their order; one place
 * that several sources know by that name is an error that lists them, because guessing would diagnose the wrong container.
 */
public final class Endpoints {
    private static final Pattern PREFIXED = Pattern.compile("([a-z]{1,20}):(.*)", Pattern.DOTALL);
    private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,9}");
    private static final int MOST = 4096;
    private static final int SUGGESTIONS = 5;

    private final List<EndpointSource> sources;

    private Endpoints(List<EndpointSource> sources) {
        this.sources = List.copyOf(sources);
    }

    /** Knows the host, processes, paths and named namespaces. */
    public static Endpoints local() {
        return of(List.of());
    }

    /** @param more sources that come before the named namespaces: Lasthop's own endpoints, then the engines */
    public static Endpoints of(List<EndpointSource> more) {
        var all = new ArrayList<>(more);
        all.add(new NamedSource());
        return new Endpoints(all);
    }

    /**
     * The place that {@code text} names; the caller closes it.
     *
     * @throws EndpointException if there is none, or several, or it may not be entered
     */
    public Endpoint resolve(String text) {
        return find(text).open();
    }

    /** As {@link #resolve}, without opening it. */
    public Match find(String text) {
        if (text.isEmpty() || text.length() > MOST) {
            throw EndpointException.malformed(text, text.isEmpty() ? "it is empty" : "it is too long");
        }
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw EndpointException.malformed(text, "it holds a control character");
        }
        if (text.equals("host")) {
            return new Match("host", Path.of("/proc/self/ns/net"), OptionalLong.empty());
        }
        try {
            var prefixed = PREFIXED.matcher(text);
            return prefixed.matches() ? prefixed(text, prefixed.group(1), prefixed.group(2)) : plain(text);
        } catch (InvalidPathException e) { // letters that file names cannot have under this locale
            throw EndpointException.unknown(text, List.of());
        }
    }

    private Match prefixed(String text, String prefix, String name) {
        if (name.isEmpty()) {
            throw EndpointException.malformed(text, "nothing stands after the colon");
        }
        if (prefix.equals("pid")) {
            return process(text, name);
        }
        if (prefix.equals("netns") && name.startsWith("/")) {
            return path(name);
        }
        EndpointSource source = sources.stream()
                .filter(one -> one.prefix().equals(prefix))
                .findFirst()
                .orElseThrow(() -> EndpointException.malformed(
                        text, "there is no kind of place called \"" + prefix + "\"; there are " + prefixes()));
        if (prefix.equals("netns") && (name.contains("/") || name.equals(".") || name.equals(".."))) {
            throw EndpointException.malformed(text, "the name of a namespace holds no slash; a path starts with one");
        }
        return only(text, source.find(name)).orElseThrow(() -> EndpointException.unknown(text, near(name)));
    }

    private static Match process(String text, String number) {
        if (!PID.matcher(number).matches() || Long.parseLong(number) > Integer.MAX_VALUE) {
            throw EndpointException.malformed(
                    text, "\"" + EndpointException.printable(number) + "\" is not a process number");
        }
        long pid = Long.parseLong(number);
        return new Match("pid:" + pid, Path.of("/proc/" + pid + "/ns/net"), OptionalLong.of(pid));
    }

    /** A path into the folder of named namespaces is the name; {@code /proc/PID/ns/net} the process. */
    private static Match path(String name) {
        Path path = Path.of(name).normalize();
        if (path.getNameCount() == 0) {
            throw EndpointException.malformed("netns:" + name, "this is the root folder");
        }
        boolean named = path.equals(Path.of("/run/netns").resolve(path.getFileName()))
                || path.equals(Path.of("/var/run/netns").resolve(path.getFileName()));
        return new Match(named ? "netns:" + path.getFileName() : "netns:" + path, path, OptionalLong.empty());
    }

    private Match plain(String text) {
        Map<String, Match> matches = new LinkedHashMap<>();
        for (EndpointSource source : sources) {
            for (Match match : reachable(source, text)) {
                matches.putIfAbsent(match.name(), match);
            }
        }
        return only(text, List.copyOf(matches.values())).orElseThrow(() -> EndpointException.unknown(text, near(text)));
    }

    /** An engine that does not answer, or a container that does not run, must not keep a name from being found elsewhere. */
    private static List<Match> reachable(EndpointSource source, String text) {
        try {
            return source.find(text);
        } catch (EndpointException e) {
            if (e.kind() == EndpointException.Kind.UNREACHABLE || e.kind() == EndpointException.Kind.GONE) {
                return List.of();
            }
            throw e;
        }
    }

    private static Optional<Match> only(String text, List<Match> matches) {
        if (matches.size() > 1) {
            throw EndpointException.ambiguous(
                    text, matches.stream().map(Match::name).sorted().toList());
        }
        return matches.stream().findFirst();
    }

    private String prefixes() {
        var all = new ArrayList<>(List.of("pid"));
        sources.forEach(source -> all.add(source.prefix()));
        return String.join(", ", all);
    }

    /** Names that are a few letters away, or that contain what was asked for. */
    private List<String> near(String name) {
        record Candidate(String name, int distance) {}
        var candidates = new ArrayList<Candidate>();
        for (EndpointSource source : sources) {
            for (String known : source.names()) {
                int distance = known.contains(name) || name.contains(known) ? 1 : Letters.distance(known, name);
                if (distance <= Math.max(1, name.length() / 3)) {
                    candidates.add(new Candidate(source.prefix() + ":" + known, distance));
                }
            }
        }
        candidates.sort(java.util.Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name));
        return candidates.stream().limit(SUGGESTIONS).map(Candidate::name).toList();
    }
}
