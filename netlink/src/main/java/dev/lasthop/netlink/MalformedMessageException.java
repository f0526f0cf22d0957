package dev.lasthop.netlink;

/** Bytes that are not the message they should be. Never thrown for a message that is merely newer than this program. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }
}
