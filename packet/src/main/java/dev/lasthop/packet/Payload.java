package dev.lasthop.packet;

/** What the last known header carries. */
public record Payload(Bytes bytes) implements Layer {
    @Override
    public byte[] encode() {
        return bytes.array();
    }
}
