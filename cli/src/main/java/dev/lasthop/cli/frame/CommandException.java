package dev.lasthop.cli.frame;

/**
 * Why a command stops, in the words for the person who typed it: what could not be done and where, why, and what to do next.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String reason;
    private final String next;

    /**
     * @param message the thing and its place: "cannot connect netns:blue to network lab"
     * @param reason why: "the address 172.17.1.2 is taken by netns:red"
     * @param next what to do now: "choose another with --ip, or leave --ip out"; empty if there is nothing to be said
     */
    public CommandException(ExitCode exitCode, String message, String reason, String next) {
        super(message);
        this.exitCode = exitCode;
        this.reason = reason;
        this.next = next;
    }

    /** The command line or an input file is wrong. */
    public static CommandException usage(String message, String reason, String next) {
        return new CommandException(ExitCode.USAGE, message, reason, next);
    }

    /** The work could not be done. */
    public static CommandException failed(String message, String reason, String next) {
        return new CommandException(ExitCode.FAILED, message, reason, next);
    }

    /** A right or a kernel feature is missing. */
    public static CommandException unsupported(String message, String reason, String next) {
        return new CommandException(ExitCode.UNSUPPORTED, message, reason, next);
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    public String reason() {
        return reason;
    }

    public String next() {
        return next;
    }
}
