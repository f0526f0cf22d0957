package dev.lasthop.packet;

/** What follows the end that the IP header states: the padding of a short Ethernet frame. */
public record Trailer(Bytes bytes) implements Layer {
    @Override
    public byte[] encode() {
        return bytes.array();
    }
}
