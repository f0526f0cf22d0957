package dev.lasthop.packet;

/** Bytes that do not even begin as the packet they should be. What is cut short or unknown further in is no error. */
public final class MalformedPacketException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedPacketException(String message) {
        super(message);
    }
}
