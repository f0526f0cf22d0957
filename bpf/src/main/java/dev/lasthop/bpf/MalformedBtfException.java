package dev.lasthop.bpf;

/** Bytes that are not BTF: says what is wrong and where. */
public final class MalformedBtfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedBtfException(String message) {
        super("malformed BTF: " + message);
    }
}
