package dev.lasthop.wiring;

/** What was asked for cannot be done. The message is for people: the thing, the place, the reason, the next step. Nothing has changed. */
public final class WiringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WiringException(String message) {
        super(message);
    }

    public WiringException(String message, Throwable cause) {
        super(message, cause);
    }
}
