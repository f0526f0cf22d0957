package dev.lasthop.diagnosis;

import dev.lasthop.address.IpAddress;
import java.util.List;

/**
 * A host name that could not be resolved from where the packets were to start.
 *
 * @param source the endpoint as the command line names it
 * @param file the resolver configuration that was followed: {@code /etc/netns/blue/resolv.conf}
 * @param attempts what each name server did, in the order in which they were asked
 */
public record NameFailure(String source, String name, String file, List<Attempt> attempts) {
    public NameFailure {
        attempts = List.copyOf(attempts);
    }

    /** What a name server did with a question. */
    public enum Kind {
        /** Nothing came back in time. */
        SILENT,
        /** Nobody listens on port 53 there. */
        REFUSED,
        /** The source could not send it, or an ICMP error came back. */
        UNREACHABLE,
        /** It answered that it cannot or will not say: SERVFAIL, REFUSED, or something that is no answer. */
        FAILED,
        /** It answered that there is no such name, or no address of the family. */
        NO_SUCH_NAME
    }

    /** @param text what happened, in words */
    public record Attempt(IpAddress server, Kind kind, String text) {
        public boolean isUnheard() {
            return kind == Kind.SILENT || kind == Kind.REFUSED || kind == Kind.UNREACHABLE;
        }
    }

    /** Whether it is the network's fault: a server that answers, whatever it says, can be reached. */
    public boolean isUnheard() {
        return !attempts.isEmpty() && attempts.stream().allMatch(Attempt::isUnheard);
    }

    /** Whether all servers are loopback addresses at which nobody listens. */
    public boolean isDeadLoopback() {
        return !attempts.isEmpty()
                && attempts.stream()
                        .allMatch(attempt -> attempt.server().isLoopback() && attempt.kind() == Kind.REFUSED);
    }
}
