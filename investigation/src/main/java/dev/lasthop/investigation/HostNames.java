package dev.lasthop.investigation;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.diagnosis.NameFailure;
import dev.lasthop.diagnosis.NameFailure.Attempt;
import dev.lasthop.diagnosis.NameFailure.Kind;
import dev.lasthop.linux.NetworkNamespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds the addresses of a host name as a place on the network would: by the resolver configuration that is seen there, with questions
 * sent from its network namespace. Takes two seconds at most.
 */
public final class HostNames {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration EACH = Duration.ofMillis(900);

    private HostNames() {}

    /** What came of it. */
    public sealed interface Outcome {
        /** @param addresses at least one; IPv4 first */
        record Resolved(List<IpAddress> addresses) implements Outcome {
            public Resolved {
                addresses = List.copyOf(addresses);
            }
        }

        /** It could not be found out, or there is none. */
        record Failed(NameFailure failure) implements Outcome {}
    }

    /**
     * @param endpoint the place as the command line names it: {@code netns:blue}, {@code pid:42}
     * @param pid a process there, whose files are asked where the namespace has none of its own
     * @param family the one that is wanted; empty for any
     */
    public static Outcome resolve(
            String endpoint, OptionalLong pid, NetworkNamespace namespace, String name, Optional<Family> family) {
        return resolve(endpoint, ResolverFiles.of(endpoint, pid), namespace, name, family);
    }

    static Outcome resolve(
            String endpoint, ResolverFiles files, NetworkNamespace namespace, String name, Optional<Family> family) {
        List<IpAddress> local = files.local(name).stream()
                .filter(address -> family.isEmpty() || family.get() == address.family())
                .toList();
        if (!local.isEmpty()) {
            return new Outcome.Resolved(local);
        }
        var attempts = new ArrayList<Attempt>();
        long end = System.nanoTime() + LIMIT.toNanos();
        for (String candidate : files.candidates(name)) {
            List<IpAddress> found = ask(files, namespace, candidate, family, attempts, end);
            if (!found.isEmpty()) {
                return new Outcome.Resolved(found);
            }
            boolean heard = attempts.stream().anyMatch(attempt -> attempt.kind() == Kind.NO_SUCH_NAME);
            if (!heard) {
                break; // who did not answer for one name will not for the next
            }
        }
        return new Outcome.Failed(new NameFailure(endpoint, name, files.file(), attempts));
    }

    /** One server after the other, until one knows. */
    private static List<IpAddress> ask(
            ResolverFiles files,
            NetworkNamespace namespace,
            String name,
            Optional<Family> family,
            List<Attempt> attempts,
            long end) {
        int left = files.servers().size();
        for (IpAddress server : files.servers()) {
            long rest = (end - System.nanoTime()) / left--;
            Duration patience = Duration.ofNanos(Math.max(0, Math.min(rest, EACH.toNanos())));
            NameServer.Reply reply =
                    new NameServer(namespace, server).ask(name, ResolverFiles.families(family), patience);
            switch (reply) {
                case NameServer.Reply.Addresses known -> {
                    return known.addresses();
                }
                case NameServer.Reply.Nothing nothing -> {
                    attempts.add(new Attempt(server, nothing.kind(), nothing.text()));
                    if (nothing.kind() == Kind.NO_SUCH_NAME) {
                        return List.of(); // said by one who should know: the others say the same
                    }
                }
            }
        }
        return List.of();
    }
}
