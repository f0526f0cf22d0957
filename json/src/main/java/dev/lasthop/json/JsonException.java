package dev.lasthop.json;

/** Text that is not JSON, is larger than allowed, or is JSON of another shape than asked for. The message says what and where. */
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }
}
