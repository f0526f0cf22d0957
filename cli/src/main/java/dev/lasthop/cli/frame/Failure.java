package dev.lasthop.cli.frame;

import dev.lasthop.json.JsonObject;
import dev.lasthop.linux.Capability;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whatever ended a command, as the one thing that is told. */
final class Failure {
    private static final Set<Errno> UNKNOWN_TO_KERNEL =
            Set.of(Errno.ENOSYS, Errno.EOPNOTSUPP, Errno.EPROTONOSUPPORT, Errno.EAFNOSUPPORT, Errno.ENOPROTOOPT);

    private Failure() {}

    /** @param needed what the command says that it needs */
    static CommandException of(Throwable thrown, Set<Capability> needed) {
        return switch (thrown) {
            case CommandException e -> e;
            case KernelException e -> kernel(e, needed);
            case UncheckedIOException e -> file(e.getCause());
            case OutOfMemoryError _ ->
                CommandException.failed(
                        "the memory is used up", "more was read than the Java heap holds", "please report this");
            default ->
                CommandException.failed(
                        "internal error", thrown.toString(), "please report this with the output of --verbose");
        };
    }

    private static CommandException kernel(KernelException e, Set<Capability> needed) {
        String said = e.errno() + (e.reason().isEmpty() ? "" : ": " + e.reason());
        if (e.is(Errno.EPERM) || e.is(Errno.EACCES)) {
            return forbidden("not permitted to " + e.operation(), said, needed);
        }
        if (UNKNOWN_TO_KERNEL.contains(e.errno())) {
            return CommandException.unsupported(
                    "cannot " + e.operation(), "this kernel does not support it (" + said + ")", "");
        }
        return CommandException.failed("cannot " + e.operation(), said, "");
    }

    private static CommandException forbidden(String message, String said, Set<Capability> needed) {
        Set<Capability> missing =
                needed.isEmpty() ? EnumSet.of(Capability.NET_ADMIN, Capability.SYS_ADMIN) : EnumSet.copyOf(needed);
        missing.removeAll(Capability.effective());
        if (missing.isEmpty()) {
            return CommandException.unsupported(
                    message,
                    "the kernel says " + said + ", although no capability is missing",
                    "look for what else forbids it: seccomp, lockdown, a user namespace, a read-only mount");
        }
        String names = missing.stream().map(Capability::kernelName).collect(Collectors.joining(", "));
        return CommandException.unsupported(
                message,
                names + (missing.size() == 1 ? " is" : " are") + " missing (" + said + ")",
                "run it as root: sudo lasthop …");
    }

    private static CommandException file(@Nullable IOException e) {
        return switch (e) {
            case NoSuchFileException missing ->
                CommandException.failed("cannot open " + missing.getFile(), "there is no such file", "");
            case AccessDeniedException denied ->
                CommandException.unsupported(
                        "cannot open " + denied.getFile(), "not permitted", "run it as root: sudo lasthop …");
            case FileSystemException other ->
                CommandException.failed("cannot use " + other.getFile(), String.valueOf(other.getReason()), "");
            case null -> CommandException.failed("input or output failed", "", "");
            default -> CommandException.failed("input or output failed", String.valueOf(e.getMessage()), "");
        };
    }

    /** The document of the contract: {@code lasthop.error/1}. */
    static JsonObject json(CommandException failure, Shortfall shortfall) {
        JsonObject.Builder error = JsonObject.builder()
                .put("message", failure.message())
                .put("reason", failure.reason())
                .put("next", failure.next())
                .put("exitCode", failure.exitCode().number());
        if (!shortfall.missing().isEmpty()) {
            error.putStrings("missing", shortfall.names()).putStrings("works", shortfall.works());
        }
        return JsonObject.builder()
                .put("schema", "lasthop.error/1")
                .put("error", error.build())
                .build();
    }

    /** The thing and the place, the reason, the next step: what there is of them, one line each; then what can be done all the same. */
    static String text(CommandException failure, Shortfall shortfall) {
        var text = new StringBuilder(Help.PROGRAM).append(": ").append(failure.message());
        List.of(failure.reason(), failure.next()).stream()
                .filter(line -> !line.isEmpty())
                .forEach(line -> text.append("\n  ").append(line));
        if (!shortfall.missing().isEmpty()) {
            text.append("\n  what works all the same:");
            shortfall.works().forEach(line -> text.append("\n    ").append(line));
        }
        return text.toString();
    }
}
