package dev.lasthop.lab;

/** Why something cannot be done with a lab: the thing, the reason, the next step. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String next;

    /**
     * @param message the thing: "cannot build the lab demo"
     * @param next what to do now; empty where there is nothing to be said
     */
    public LabException(String message, String reason, String next) {
        super(message);
        this.reason = reason;
        this.next = next;
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
