package dev.lasthop.packet;

import dev.lasthop.linux.MessageBuffer;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel says beside a packet: its stamp, and {@code struct tpacket_auxdata} (include/uapi/linux/if_packet.h).
 *
 * @param length the length before the filter cut it
 * @param tag the VLAN tag that the device took out of the frame
 */
record Ancillary(long epochNanos, int length, boolean checksumPending, Ethernet.@Nullable Tag tag) {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_TIMESTAMPNS = 35;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_AUXDATA = 8;
    private static final int CHECKSUM_NOT_READY = 1 << 3;
    private static final int VLAN_VALID = 1 << 4;
    private static final int VLAN_PROTOCOL_VALID = 1 << 6;

    static Ancillary of(List<MessageBuffer.Control> controls) {
        long epochNanos = 0;
        int length = 0;
        int status = 0;
        Ethernet.Tag tag = null;
        for (MessageBuffer.Control control : controls) {
            ByteBuffer in = control.value();
            if (control.level() == SOL_SOCKET && control.type() == SCM_TIMESTAMPNS && in.remaining() >= 16) {
                epochNanos = in.getLong(0) * 1_000_000_000L + in.getLong(8);
            } else if (control.level() == SOL_PACKET && control.type() == PACKET_AUXDATA && in.remaining() >= 20) {
                // u32 status, length, snapped length; u16 MAC header, network header, VLAN control, VLAN protocol
                status = in.getInt(0);
                length = in.getInt(4);
                if ((status & VLAN_VALID) != 0) {
                    boolean known = (status & VLAN_PROTOCOL_VALID) != 0;
                    int protocol = known ? Short.toUnsignedInt(in.getShort(18)) : Ethernet.VLAN;
                    tag = new Ethernet.Tag(protocol, Short.toUnsignedInt(in.getShort(16)));
                }
            }
        }
        return new Ancillary(epochNanos, length, (status & CHECKSUM_NOT_READY) != 0, tag);
    }
}
