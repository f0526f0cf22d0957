package dev.lasthop.packet;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.packet.SocketFilter.Instruction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a {@link Match} into classic BPF. Each test is one conditional jump over at most one unconditional one, which reaches far: so
 * no program is too long for the eight bits of a conditional jump. A load beyond the packet's end ends the program with "no": hence
 * every load stands behind a test that says that there is such a field.
 */
final class FilterCompiler {
    private static final int LOAD_WORD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_WORD_AT_X = 0x40; // BPF_LD | BPF_W | BPF_IND
    private static final int LOAD_HALF_AT_X = 0x48;
    private static final int LOAD_BYTE_AT_X = 0x50;
    private static final int HEADER_LENGTH_TO_X = 0xb1; // BPF_LDX | BPF_B | BPF_MSH: 4 * (byte & 15)
    private static final int NUMBER_TO_X = 0x01;
    private static final int GO = 0x05;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_NOT_BELOW = 0x35;
    private static final int IF_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    private static final int NETWORK =
            -0x100000; // SKF_NET_OFF: counted from the network header, whatever stands before it
    private static final int PROTOCOL = -0x1000; // SKF_AD_OFF + SKF_AD_PROTOCOL: the EtherType, also without Ethernet

    /** A place in the program that is jumped to before it is known. */
    private static final class Label {
        private int at = -1;
    }

    private record Line(int code, int ifTrue, int ifFalse, int operand, Label target) {}

    private static final Label NOWHERE = new Label();

    private final List<Line> lines = new ArrayList<>();

    private FilterCompiler() {}

    static List<Instruction> compile(Match match, int snaplen) {
        var compiler = new FilterCompiler();
        var yes = new Label();
        var no = new Label();
        compiler.load(LOAD_HALF, PROTOCOL);
        compiler.line(IF_EQUAL, 1, 0, Ethernet.VLAN);
        compiler.line(IF_EQUAL, 0, 1, Ethernet.SERVICE_VLAN);
        compiler.go(yes);
        compiler.test(match, yes, no);
        compiler.place(no);
        compiler.load(RETURN, 0);
        compiler.place(yes);
        compiler.load(RETURN, snaplen);
        return compiler.resolve();
    }

    /** Code that goes to one of the two labels. */
    private void test(Match match, Label yes, Label no) {
        switch (match) {
            case Match.Everything() -> go(yes);
            case Match.Not(Match part) -> test(part, no, yes);
            case Match.All(List<Match> parts) -> {
                for (Match part : parts) {
                    var next = new Label();
                    test(part, next, no);
                    place(next);
                }
                go(yes);
            }
            case Match.Any(List<Match> parts) -> {
                for (Match part : parts) {
                    var next = new Label();
                    test(part, yes, next);
                    place(next);
                }
                go(no);
            }
            case Match.Hosts(List<IpAddress> addresses) -> hosts(addresses, yes, no);
            default -> {
                leaf(match, no);
                go(yes);
            }
        }
    }

    /** Code that goes to {@code no} or falls through. */
    private void leaf(Match match, Label no) {
        switch (match) {
            case Match.Ip(Family family) -> family(family, no);
            case Match.Transport(Family family, Protocol protocol) -> transport(family, protocol, no);
            case Match.From(IpAddress address) -> {
                family(address.family(), no);
                address(address, NETWORK + (address.family() == Family.IPV4 ? 12 : 8), no);
            }
            case Match.To(IpAddress address) -> {
                family(address.family(), no);
                address(address, NETWORK + (address.family() == Family.IPV4 ? 16 : 24), no);
            }
            case Match.SourcePort(Family family, Protocol protocol, int port) -> port(family, protocol, port, 0, no);
            case Match.DestinationPort(Family family, Protocol protocol, int port) ->
                port(family, protocol, port, 2, no);
            case Match.Echo(Family family, int identifier) -> echo(family, identifier, no);
            case Match.IcmpError(Family family) -> icmpError(family, no);
            case Match.Quoting(IpAddress address) -> quoting(address, no);
            case Match.Fragment(Family family) -> fragment(family, no);
            case Match.Arp(IpAddress address) -> arp(address, no);
            case Match.Neighbor(IpAddress target) -> neighbor(target, no);
            case Match.Everything ignored -> {}
            case Match.Hosts ignored -> throw new AssertionError();
            case Match.Not ignored -> throw new AssertionError();
            case Match.All ignored -> throw new AssertionError();
            case Match.Any ignored -> throw new AssertionError();
        }
    }

    private void family(Family family, Label no) {
        load(LOAD_HALF, PROTOCOL);
        equal(family == Family.IPV4 ? Ethernet.IPV4 : Ethernet.IPV6, no);
    }

    private void address(IpAddress address, int at, Label no) {
        ByteBuffer words = ByteBuffer.wrap(address.bytes());
        for (int i = 0; words.hasRemaining(); i += 4) {
            load(LOAD_WORD, at + i);
            equal(words.getInt(), no);
        }
    }

    private void hosts(List<IpAddress> addresses, Label yes, Label no) {
        for (Family family : Family.values()) {
            var other = new Label();
            family(family, other);
            addresses.stream().filter(address -> address.family() == family).forEach(address -> {
                host(address, NETWORK + (family == Family.IPV4 ? 12 : 8), yes);
                host(address, NETWORK + (family == Family.IPV4 ? 16 : 24), yes);
            });
            go(no);
            place(other);
        }
        go(no);
    }

    /** Goes to {@code yes} or falls through. From the last word on: addresses differ at their ends. */
    private void host(IpAddress address, int at, Label yes) {
        ByteBuffer words = ByteBuffer.wrap(address.bytes());
        for (int i = words.limit() - 4; i >= 0; i -= 4) {
            load(LOAD_WORD, at + i);
            line(IF_EQUAL, 0, i / 2 + 1, words.getInt(i)); // two instructions for each word to come, and the jump
        }
        go(yes);
    }

    /** Leaves the length of the IP headers in X. */
    private void transport(Family family, Protocol protocol, Label no) {
        family(family, no);
        if (family == Family.IPV4) {
            load(LOAD_BYTE, NETWORK + 9);
            equal(protocol.number(), no);
            load(HEADER_LENGTH_TO_X, NETWORK);
            return;
        }
        var direct = new Label();
        var end = new Label();
        load(LOAD_BYTE, NETWORK + 6);
        line(IF_EQUAL, 0, 1, protocol.number());
        go(direct);
        equal(Ipv6Fragment.KIND.number(), no);
        load(LOAD_BYTE, NETWORK + Ipv6.LENGTH);
        equal(protocol.number(), no);
        load(NUMBER_TO_X, Ipv6.LENGTH + Ipv6Fragment.LENGTH);
        go(end);
        place(direct);
        load(NUMBER_TO_X, Ipv6.LENGTH);
        place(end);
    }

    /** The same for packets whose transport header is there: no later fragments. */
    private void transportHeader(Family family, Protocol protocol, Label no) {
        transport(family, protocol, no);
        var whole = new Label();
        if (family == Family.IPV4) {
            load(LOAD_HALF, NETWORK + 6);
            line(IF_ANY_BIT, 0, 1, 0x1fff);
            go(no);
            return;
        }
        load(LOAD_BYTE, NETWORK + 6);
        line(IF_EQUAL, 1, 0, Ipv6Fragment.KIND.number());
        go(whole);
        load(LOAD_HALF, NETWORK + Ipv6.LENGTH + 2);
        line(IF_ANY_BIT, 0, 1, 0xfff8);
        go(no);
        place(whole);
    }

    private void port(Family family, Protocol protocol, int port, int at, Label no) {
        transportHeader(family, protocol, no);
        load(LOAD_HALF_AT_X, NETWORK + at);
        equal(port, no);
    }

    private void echo(Family family, int identifier, Label no) {
        transportHeader(family, Protocol.icmp(family), no);
        var right = new Label();
        load(LOAD_BYTE_AT_X, NETWORK);
        line(IF_EQUAL, 0, 1, family == Family.IPV4 ? Icmp.ECHO_REQUEST : Icmp.V6_ECHO_REQUEST);
        go(right);
        equal(family == Family.IPV4 ? Icmp.ECHO_REPLY : Icmp.V6_ECHO_REPLY, no);
        place(right);
        load(LOAD_HALF_AT_X, NETWORK + 4);
        equal(identifier, no);
    }

    private void icmpError(Family family, Label no) {
        transportHeader(family, Protocol.icmp(family), no);
        load(LOAD_BYTE_AT_X, NETWORK);
        if (family == Family.IPV6) {
            line(IF_NOT_BELOW, 0, 1, 128);
            go(no);
            return;
        }
        var right = new Label();
        for (int type : new int[] {Icmp.UNREACHABLE, Icmp.TIME_EXCEEDED, Icmp.REDIRECT, Icmp.PARAMETER_PROBLEM}) {
            line(IF_EQUAL, 0, 1, type);
            go(right);
        }
        go(no);
        place(right);
    }

    private void quoting(IpAddress address, Label no) {
        Family family = address.family();
        icmpError(family, no);
        int from = NETWORK + Icmp.LENGTH + (family == Family.IPV4 ? 12 : 8);
        ByteBuffer words = ByteBuffer.wrap(address.bytes());
        var second = new Label();
        var right = new Label();
        for (int i = 0; i < family.bytes(); i += 4) {
            load(LOAD_WORD_AT_X, from + i);
            equal(words.getInt(i), second);
        }
        go(right);
        place(second);
        for (int i = 0; i < family.bytes(); i += 4) {
            load(LOAD_WORD_AT_X, from + family.bytes() + i);
            equal(words.getInt(i), no);
        }
        place(right);
    }

    private void fragment(Family family, Label no) {
        family(family, no);
        if (family == Family.IPV4) {
            load(LOAD_HALF, NETWORK + 6);
            line(IF_ANY_BIT, 1, 0, 0x1fff);
            go(no);
        } else {
            load(LOAD_BYTE, NETWORK + 6);
            equal(Ipv6Fragment.KIND.number(), no);
        }
    }

    private void arp(IpAddress address, Label no) {
        load(LOAD_HALF, PROTOCOL);
        equal(Ethernet.ARP, no);
        if (!address.isAny()) {
            var right = new Label();
            load(LOAD_WORD, NETWORK + 14);
            line(IF_EQUAL, 0, 1, (int) address.low());
            go(right);
            load(LOAD_WORD, NETWORK + 24);
            equal((int) address.low(), no);
            place(right);
        }
    }

    private void neighbor(IpAddress target, Label no) {
        transportHeader(Family.IPV6, Protocol.ICMPV6, no);
        var right = new Label();
        load(LOAD_BYTE_AT_X, NETWORK);
        line(IF_EQUAL, 0, 1, Icmp.V6_SOLICITATION);
        go(right);
        equal(Icmp.V6_ADVERTISEMENT, no);
        place(right);
        if (!target.isAny()) {
            address(target, NETWORK + Ipv6.LENGTH + Icmp.LENGTH, no);
        }
    }

    private void equal(int value, Label no) {
        line(IF_EQUAL, 1, 0, value);
        go(no);
    }

    private void load(int code, int operand) {
        line(code, 0, 0, operand);
    }

    private void line(int code, int ifTrue, int ifFalse, int operand) {
        lines.add(new Line(code, ifTrue, ifFalse, operand, NOWHERE));
    }

    private void go(Label target) {
        lines.add(new Line(GO, 0, 0, 0, target));
    }

    private void place(Label label) {
        label.at = lines.size();
    }

    private List<Instruction> resolve() {
        List<Instruction> result = new ArrayList<>();
        for (Line line : lines) {
            int operand = line.target() == NOWHERE ? line.operand() : line.target().at - result.size() - 1;
            result.add(new Instruction(line.code(), line.ifTrue(), line.ifFalse(), operand));
        }
        return result;
    }
}
