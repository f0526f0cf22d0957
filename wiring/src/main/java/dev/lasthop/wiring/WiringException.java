package dev.lasthop.wiring;

/** What was asked for cannot be done. The message is for people: the thing, the place, the reason, the next step. Nothing has changed. */
public final class WiringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean wrongInput;

    public WiringException(String message) {
        super(message);
        this.wrongInput = false;
    }

    public WiringException(String message, Throwable cause) {
        super(message, cause);
        this.wrongInput = false;
    }

    private WiringException(String message, boolean wrongInput) {
        super(message);
        this.wrongInput = wrongInput;
    }

    /** What was asked for makes no sense on any host: a name, a number, an address that is none. */
    static WiringException wrong(String message) {
        return new WiringException(message, true);
    }

    /** Whether the same would be refused on every host: what was typed is wrong. */
    public boolean isWrongInput() {
        return wrongInput;
    }
}
