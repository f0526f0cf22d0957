package dev.lasthop.packet;

import dev.lasthop.address.Protocol;

/**
 * The beginning of a transport header that was cut short, by a capture's length or because an ICMP error quotes eight bytes of it
 * only, or a header that contradicts itself.
 */
public record Truncated(Protocol protocol, Bytes bytes) implements Layer {
    @Override
    public byte[] encode() {
        return bytes.array();
    }

    /** Whether both ports are there. */
    public boolean hasPorts() {
        return protocol.hasPorts() && bytes.size() >= 4;
    }

    public int sourcePort() {
        return bytes.at(0) << 8 | bytes.at(1);
    }

    public int destinationPort() {
        return bytes.at(2) << 8 | bytes.at(3);
    }
}
