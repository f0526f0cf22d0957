package dev.lasthop.wiring;

/** What was asked for cannot be done. The message is for people: the thing, the place, the reason, the next step. Nothing has changed. */
public final class WiringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose the reason is. */
    private enum Kind {
        HERE,
        WRONG_INPUT,
        UNSUPPORTED
    }

    private final Kind kind;

    public WiringException(String message) {
        this(message, Kind.HERE);
    }

    public WiringException(String message, Throwable cause) {
        super(message, cause);
        this.kind = Kind.HERE;
    }

    private WiringException(String message, Kind kind) {
        super(message);
        this.kind = kind;
    }

    /** What was asked for makes no sense on any host: a name, a number, an address that is none. */
    static WiringException wrong(String message) {
        return new WiringException(message, Kind.WRONG_INPUT);
    }

    /** This kernel cannot do it; found by trying. */
    static WiringException unsupported(String message) {
        return new WiringException(message, Kind.UNSUPPORTED);
    }

    /** Whether the same would be refused on every host: what was typed is wrong. */
    public boolean isWrongInput() {
        return kind == Kind.WRONG_INPUT;
    }

    /** Whether it is this kernel that lacks something. */
    public boolean isUnsupported() {
        return kind == Kind.UNSUPPORTED;
    }
}
