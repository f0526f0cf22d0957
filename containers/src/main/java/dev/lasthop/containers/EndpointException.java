package dev.lasthop.containers;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import java.nio.file.Path;
import java.util.List;

/** A place that could not be found or entered. The message says which, why, and what to do next. */
public final class EndpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as callers tell it apart (exit codes). */
    public enum Kind {
        /** It is not written as a place is. */
        MALFORMED,
        /** There is none of that name. */
        UNKNOWN,
        /** There are several. */
        AMBIGUOUS,
        /** It is there and may not be entered. */
        FORBIDDEN,
        /** It was there, and went away. */
        GONE,
        /** The engine that would know could not be asked. */
        UNREACHABLE
    }

    private final Kind kind;

    public EndpointException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    static EndpointException malformed(String text, String why) {
        return new EndpointException(
                Kind.MALFORMED,
                "\"%s\" does not name a place: %s. A place is host, pid:NUMBER, netns:NAME, netns:/PATH, or a container's name"
                        .formatted(printable(text), why));
    }

    static EndpointException unknown(String text, List<String> near) {
        String next = near.isEmpty()
                ? "Name it as host, pid:NUMBER, netns:NAME (see: ip netns list), netns:/PATH or ENGINE:CONTAINER"
                : "Did you mean " + String.join(", ", near) + "?";
        return new EndpointException(
                Kind.UNKNOWN, "there is no place called \"%s\" on this host. %s".formatted(printable(text), next));
    }

    static EndpointException ambiguous(String text, List<String> names) {
        return new EndpointException(
                Kind.AMBIGUOUS,
                "\"%s\" could be %s: name it with its prefix".formatted(printable(text), String.join(" or ", names)));
    }

    static EndpointException unopenable(String name, Path path, KernelException e) {
        if (e.is(Errno.EACCES) || e.is(Errno.EPERM)) {
            return new EndpointException(
                    Kind.FORBIDDEN,
                    "%s may not be entered: opening %s gave %s. Run lasthop as root (CAP_SYS_ADMIN and CAP_SYS_PTRACE)"
                            .formatted(name, path, e.errno()));
        }
        if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
            String what =
                    name.startsWith("pid:") ? "that process has ended, or there never was one" : path + " is not there";
            return new EndpointException(Kind.GONE, "%s has no network namespace: %s".formatted(name, what));
        }
        if (e.is(Errno.EINVAL)) {
            return new EndpointException(
                    Kind.UNKNOWN,
                    "%s is not a network namespace: %s is an ordinary file or one of another kind (a stale name? ip netns del %s)"
                            .formatted(name, path, path.getFileName()));
        }
        return new EndpointException(Kind.UNREACHABLE, name + " cannot be opened: " + e.getMessage());
    }

    /** Without anything that a terminal would act on, and not endless. */
    static String printable(String text) {
        String shown = text.codePoints()
                .limit(80)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return text.codePointCount(0, text.length()) > 80 ? shown + "…" : shown;
    }
}
