package dev.lasthop.bpf;

import static dev.lasthop.bpf.Assembler.Condition.ANY_BIT;
import static dev.lasthop.bpf.Assembler.Condition.EQUAL;
import static dev.lasthop.bpf.Assembler.Condition.NOT_EQUAL;
import static dev.lasthop.bpf.Assembler.Operation.ADD;
import static dev.lasthop.bpf.Assembler.Operation.AND;
import static dev.lasthop.bpf.Assembler.Operation.OR;
import static dev.lasthop.bpf.Assembler.Operation.SHIFT_LEFT;
import static dev.lasthop.bpf.Assembler.Register.R1;
import static dev.lasthop.bpf.Assembler.Register.R10;
import static dev.lasthop.bpf.Assembler.Register.R2;
import static dev.lasthop.bpf.Assembler.Register.R3;
import static dev.lasthop.bpf.Assembler.Register.R4;
import static dev.lasthop.bpf.Assembler.Register.R5;
import static dev.lasthop.bpf.Assembler.Size.BYTE;
import static dev.lasthop.bpf.Assembler.Size.DOUBLE;
import static dev.lasthop.bpf.Assembler.Size.HALF;
import static dev.lasthop.bpf.Assembler.Size.WORD;

import dev.lasthop.bpf.Assembler.Helper;
import dev.lasthop.bpf.PacketFilter.Tuple;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Compiles a {@link PacketFilter} into instructions that look at a packet's first bytes, copied to the stack, and jump to "hit" or
 * "miss". All the ways a packet can be wanted come together in one comparison a family, of R1 and R2 (IPv4 addresses) or the stack
 * (IPv6 addresses), R3 (protocol), R4 and R5 (ports or identifier, as in the packet).
 */
final class FlowMatcher {
    /** Where on the stack the packet's first bytes are. */
    static final int PACKET = -128;

    /** How many there are: an IPv6 header, ICMPv6, and the IPv6 header and ports that it quotes. Never beyond what belongs to the skb's memory. */
    static final int PACKET_BYTES = 104;

    /** Where on the stack the address of the packet's network header is kept. */
    static final int NETWORK_HEADER = -136;

    private static final int ADDRESSES = -176; // two IPv6 addresses to compare
    private static final int WHATEVER = 256; // stands for a protocol: compare the addresses only
    private static final int NO_PORT = -1;

    private static final int IPV4 = wire16(0x0800);
    private static final int ARP = wire16(0x0806);
    private static final int IPV6 = wire16(0x86dd);
    private static final int FRAGMENT_OFFSET = wire16(0x1fff);

    private static final int ICMP = 1;
    private static final int FRAGMENT = 44;
    private static final int ICMPV6 = 58;

    private final PacketFilter filter;
    private final Assembler to;

    FlowMatcher(PacketFilter filter, Assembler to) {
        this.filter = filter;
        this.to = to;
    }

    /** Emits the whole: R1 holds the ethertype as in the packet; goes on to "hit" or "miss". */
    void emit() {
        boolean v4 = !filter.flowsOf(true).isEmpty();
        boolean v6 = !filter.flowsOf(false).isEmpty();
        boolean arp = !filter.neighborsOf(true).isEmpty();
        boolean discovery = !filter.neighborsOf(false).isEmpty();
        if (v4) {
            to.jumpIf(EQUAL, R1, IPV4, "ipv4");
        }
        if (v6 || discovery) {
            to.jumpIf(EQUAL, R1, IPV6, "ipv6");
        }
        if (arp) {
            to.jumpIf(EQUAL, R1, ARP, "arp");
        }
        to.jump("miss");
        if (arp) {
            arp();
        }
        if (v4) {
            ipv4();
            compare4(filter.flowsOf(true), "flow4");
        }
        if (v6 || discovery) {
            ipv6(discovery);
            compare6(filter.flowsOf(false), "flow6");
        }
    }

    // struct arphdr, Ethernet and IPv4: sender's address at 14, target's at 24
    private void arp() {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        to.label("arp").load(HALF, R1, R10, PACKET + (little ? 16 : 14)).calculate(SHIFT_LEFT, R1, 16);
        to.load(HALF, R2, R10, PACKET + (little ? 14 : 16)).calculate(OR, R1, R2); // it is not aligned
        to.load(WORD, R2, R10, PACKET + 24);
        to.move(R3, WHATEVER);
        compare4(filter.neighborsOf(true), "arp4");
    }

    private void ipv4() {
        to.label("ipv4").load(BYTE, R1, R10, PACKET).jumpIf(EQUAL, R1, 0x45, "plain4");
        to.move(R2, R1).calculate(AND, R2, 0xf0).jumpIf(NOT_EQUAL, R2, 0x40, "miss");
        optionsAside(R1, 20);
        to.label("plain4").load(BYTE, R3, R10, PACKET + 9).load(HALF, R4, R10, PACKET + 6);
        to.jumpIf(ANY_BIT, R4, FRAGMENT_OFFSET, "fragment4");
        to.jumpIf(EQUAL, R3, ICMP, "icmp4");
        to.load(HALF, R4, R10, PACKET + 20).load(HALF, R5, R10, PACKET + 22).jump("outer4");
        to.label("fragment4").move(R3, WHATEVER).jump("outer4");
        to.label("icmp4").load(BYTE, R1, R10, PACKET + 20);
        to.jumpIf(EQUAL, R1, 3, "quoted4").jumpIf(EQUAL, R1, 11, "quoted4").jumpIf(EQUAL, R1, 12, "quoted4");
        to.jumpIf(EQUAL, R1, 5, "quoted4");
        identifier(R1, 24, 8, 0, "outer4");
        to.label("outer4")
                .load(WORD, R1, R10, PACKET + 12)
                .load(WORD, R2, R10, PACKET + 16)
                .jump("flow4");
        to.label("quoted4").load(BYTE, R3, R10, PACKET + 37);
        to.load(BYTE, R1, R10, PACKET + 28).jumpIf(EQUAL, R1, 0x45, "quotedPlain4");
        to.move(R3, WHATEVER).jump("inner4").label("quotedPlain4").jumpIf(EQUAL, R3, ICMP, "quotedIcmp4");
        to.load(HALF, R4, R10, PACKET + 48).load(HALF, R5, R10, PACKET + 50).jump("inner4");
        to.label("quotedIcmp4").load(HALF, R4, R10, PACKET + 52).move(R5, R4);
        to.label("inner4").load(WORD, R1, R10, PACKET + 40).load(WORD, R2, R10, PACKET + 44);
        to.label("flow4");
    }

    // What follows an IPv4 header with options is copied to where it would be without them.
    private void optionsAside(Assembler.Register firstByte, int at) {
        to.calculate(AND, firstByte, 0x0f).calculate(SHIFT_LEFT, firstByte, 2);
        to.load(DOUBLE, R3, R10, NETWORK_HEADER).calculate(ADD, R3, firstByte);
        to.move(R1, R10).calculate(ADD, R1, PACKET + at).move(R2, PACKET_BYTES - at);
        to.call(Helper.PROBE_READ_KERNEL);
    }

    // Only echoes have an identifier: other messages match no flow that asks for one.
    private void identifier(Assembler.Register type, int at, int request, int reply, String then) {
        to.move(R4, NO_PORT).move(R5, NO_PORT);
        to.jumpIf(EQUAL, type, request, then + "Echo").jumpIf(NOT_EQUAL, type, reply, then);
        to.label(then + "Echo").load(HALF, R4, R10, PACKET + at).move(R5, R4);
    }

    private void ipv6(boolean discovery) {
        to.label("ipv6").load(BYTE, R1, R10, PACKET).calculate(AND, R1, 0xf0).jumpIf(NOT_EQUAL, R1, 0x60, "miss");
        to.load(BYTE, R3, R10, PACKET + 6).jumpIf(EQUAL, R3, ICMPV6, "icmp6");
        to.jumpIf(EQUAL, R3, FRAGMENT, "fragment6");
        to.load(HALF, R4, R10, PACKET + 40).load(HALF, R5, R10, PACKET + 42).jump("outer6");
        to.label("fragment6").move(R3, WHATEVER).jump("outer6");
        to.label("icmp6").load(BYTE, R1, R10, PACKET + 40);
        if (discovery) {
            to.jumpIf(EQUAL, R1, 135, "solicitation").jumpIf(EQUAL, R1, 136, "advertisement");
        }
        to.jumpIf(Assembler.Condition.LESS_OR_EQUAL, R1, 4, "quoted6").jumpIf(EQUAL, R1, 137, "miss");
        identifier(R1, 44, 128, 129, "outer6");
        to.label("outer6");
        copy(PACKET + 8, ADDRESSES, 32);
        to.jump("flow6");
        if (discovery) {
            discovery();
        }
        to.label("quoted6").load(BYTE, R3, R10, PACKET + 54).jumpIf(EQUAL, R3, ICMPV6, "quotedIcmp6");
        to.jumpIf(EQUAL, R3, FRAGMENT, "quotedFragment6");
        to.load(HALF, R4, R10, PACKET + 88).load(HALF, R5, R10, PACKET + 90).jump("inner6");
        to.label("quotedFragment6").move(R3, WHATEVER).jump("inner6");
        to.label("quotedIcmp6").load(HALF, R4, R10, PACKET + 92).move(R5, R4);
        to.label("inner6");
        copy(PACKET + 56, ADDRESSES, 32);
        to.label("flow6");
    }

    // RFC 4861: the target at 8 of the message; whoever asks is the source of the question, the destination of the
    // answer
    private void discovery() {
        to.label("solicitation");
        copy(PACKET + 8, ADDRESSES, 16);
        to.jump("target");
        to.label("advertisement");
        copy(PACKET + 24, ADDRESSES, 16);
        to.label("target");
        copy(PACKET + 48, ADDRESSES + 16, 16);
        to.move(R3, WHATEVER);
        compare6(filter.neighborsOf(false), "nd6");
    }

    private void copy(int from, int into, int length) {
        for (int i = 0; i < length; i += 8) {
            to.load(DOUBLE, R1, R10, from + i).store(DOUBLE, R10, into + i, R1);
        }
    }

    private void compare4(List<Tuple> tuples, String label) {
        int number = 0;
        for (Tuple tuple : tuples) {
            for (Tuple each : List.of(tuple, tuple.reversed())) {
                String next = label + "." + number++;
                word(R1, each.source(), next);
                word(R2, each.destination(), next);
                ports(each, next);
                to.label(next);
            }
        }
        to.jump("miss");
    }

    private void compare6(List<Tuple> tuples, String label) {
        int number = 0;
        for (Tuple tuple : tuples) {
            for (Tuple each : List.of(tuple, tuple.reversed())) {
                String next = label + "." + number++;
                words(ADDRESSES, each.source(), next);
                words(ADDRESSES + 16, each.destination(), next);
                ports(each, next);
                to.label(next);
            }
        }
        to.jump("miss");
    }

    private void ports(Tuple each, String next) {
        to.jumpIf(EQUAL, R3, WHATEVER, "hit");
        if (each.protocol() != PacketFilter.ANY) {
            to.jumpIf(NOT_EQUAL, R3, each.protocol(), next);
        }
        if (each.sourcePort() != PacketFilter.ANY) {
            to.jumpIf(NOT_EQUAL, R4, wire16(each.sourcePort()), next);
        }
        if (each.destinationPort() != PacketFilter.ANY) {
            to.jumpIf(NOT_EQUAL, R5, wire16(each.destinationPort()), next);
        }
        to.jump("hit");
    }

    private void word(Assembler.Register register, byte[] address, String otherwise) {
        if (address.length != 0) {
            to.jumpIfWord(NOT_EQUAL, register, (int) native64(address, 0, 4), otherwise);
        }
    }

    private void words(int at, byte[] address, String otherwise) {
        for (int i = 0; i < address.length; i += 8) {
            to.load(DOUBLE, R1, R10, at + i).wide(R2, native64(address, i, 8)).jumpIf(NOT_EQUAL, R1, R2, otherwise);
        }
    }

    /** Bytes of a packet as a register holds them after a load. */
    static long native64(byte[] bytes, int from, int length) {
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return length == 4 ? view.getInt(from) : view.getLong(from);
    }

    /** A 16-bit number of a packet as a register holds it after a load. */
    static int wire16(int value) {
        short swapped =
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes((short) value) : (short) value;
        return Short.toUnsignedInt(swapped);
    }
}
