package dev.lasthop.packet;

import dev.lasthop.address.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A MAC header with its VLAN tags, outermost first.
 *
 * @param type the EtherType of what follows, or below 1536 the length of an 802.3 frame
 */
public record Ethernet(MacAddress destination, MacAddress source, List<Tag> tags, int type) implements Layer {
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int IPV6 = 0x86dd;
    public static final int VLAN = 0x8100;
    public static final int SERVICE_VLAN = 0x88a8;
    static final int LENGTH = 14;

    /**
     * IEEE 802.1Q.
     *
     * @param protocol {@link #VLAN} or {@link #SERVICE_VLAN}
     * @param control priority, drop-eligible bit and VLAN id: 3, 1 and 12 bits
     */
    public record Tag(int protocol, int control) {
        public int id() {
            return control & 0xfff;
        }

        public int priority() {
            return control >>> 13;
        }
    }

    public Ethernet {
        tags = List.copyOf(tags);
    }

    public Ethernet(MacAddress destination, MacAddress source, int type) {
        this(destination, source, List.of(), type);
    }

    static Ethernet decode(ByteBuffer in) {
        MacAddress destination = MacAddress.of(Bytes.take(in, 6).array());
        MacAddress source = MacAddress.of(Bytes.take(in, 6).array());
        List<Tag> tags = new ArrayList<>();
        int type = Short.toUnsignedInt(in.getShort());
        while ((type == VLAN || type == SERVICE_VLAN) && in.remaining() >= 4) {
            tags.add(new Tag(type, Short.toUnsignedInt(in.getShort())));
            type = Short.toUnsignedInt(in.getShort());
        }
        return new Ethernet(destination, source, tags, type);
    }

    @Override
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(LENGTH + 4 * tags.size())
                .put(destination.bytes())
                .put(source.bytes());
        tags.forEach(tag -> out.putShort((short) tag.protocol()).putShort((short) tag.control()));
        return out.putShort((short) type).array();
    }
}
