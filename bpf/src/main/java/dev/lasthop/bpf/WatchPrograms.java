package dev.lasthop.bpf;

import static dev.lasthop.bpf.Assembler.Condition.EQUAL;
import static dev.lasthop.bpf.Assembler.Condition.GREATER;
import static dev.lasthop.bpf.Assembler.Condition.NOT_EQUAL;
import static dev.lasthop.bpf.Assembler.Operation.ADD;
import static dev.lasthop.bpf.Assembler.Operation.AND;
import static dev.lasthop.bpf.Assembler.Operation.OR;
import static dev.lasthop.bpf.Assembler.Operation.SHIFT_LEFT;
import static dev.lasthop.bpf.Assembler.Operation.SUBTRACT;
import static dev.lasthop.bpf.Assembler.Register.R0;
import static dev.lasthop.bpf.Assembler.Register.R1;
import static dev.lasthop.bpf.Assembler.Register.R10;
import static dev.lasthop.bpf.Assembler.Register.R2;
import static dev.lasthop.bpf.Assembler.Register.R3;
import static dev.lasthop.bpf.Assembler.Register.R4;
import static dev.lasthop.bpf.Assembler.Register.R5;
import static dev.lasthop.bpf.Assembler.Register.R6;
import static dev.lasthop.bpf.Assembler.Register.R7;
import static dev.lasthop.bpf.Assembler.Register.R8;
import static dev.lasthop.bpf.Assembler.Register.R9;
import static dev.lasthop.bpf.Assembler.Size.DOUBLE;
import static dev.lasthop.bpf.Assembler.Size.HALF;
import static dev.lasthop.bpf.Assembler.Size.WORD;

import dev.lasthop.bpf.Assembler.Helper;
import dev.lasthop.bpf.PacketEvent.Kind;
import java.util.List;

/** The programs on tracepoints that carry a packet. R6 is the skb, R7 the tracepoint's arguments, R8 the record, R9 how it was recognised. */
final class WatchPrograms {
    private static final int KEY = -8; // the skb's address
    private static final int VALUE = -16;
    private static final int FRAMES = -384; // on the stack: the location, then the frames, to be named together
    private static final int EXPIRY_NANOS = 1_000_000_000;
    private static final int MATCHED = 0;
    private static final int FOLLOWED = 1;

    private final KernelLayout kernel;
    private final WatchMaps maps;
    private final PacketFilter filter;

    WatchPrograms(KernelLayout kernel, WatchMaps maps, PacketFilter filter) {
        this.kernel = kernel;
        this.maps = maps;
        this.filter = filter;
    }

    /** On {@code consume_skb}: a packet came to a good end, its address will be another's. */
    List<Instruction> consumed() {
        var to = new Assembler();
        to.load(DOUBLE, R1, R1, 0).store(DOUBLE, R10, KEY, R1);
        track(to, Helper.MAP_LOOKUP_ELEM).jumpIf(EQUAL, R0, 0, "out");
        track(to, Helper.MAP_DELETE_ELEM);
        return to.label("out").move(R0, 0).exit().instructions();
    }

    /** On a tracepoint whose first argument is the skb. */
    List<Instruction> packet(Kind kind, int number) {
        var to = new Assembler();
        boolean drop = kind == Kind.DROP;
        boolean received = kind == Kind.RECEIVED;
        to.move(R7, R1).load(DOUBLE, R6, R7, 0);
        // A packet is received before its network header is known: its data begin there.
        if (received) {
            to.load(DOUBLE, R3, R6, kernel.at("sk_buff.data"));
        } else {
            to.load(DOUBLE, R3, R6, kernel.at("sk_buff.head"));
            to.load(HALF, R1, R6, kernel.at("sk_buff.network_header")).calculate(ADD, R3, R1);
        }
        to.store(DOUBLE, R10, FlowMatcher.NETWORK_HEADER, R3).store(DOUBLE, R10, KEY, R6);
        to.move(R1, R10).calculate(ADD, R1, FlowMatcher.PACKET).move(R2, FlowMatcher.PACKET_BYTES);
        to.call(Helper.PROBE_READ_KERNEL).jumpIf(NOT_EQUAL, R0, 0, "miss");
        to.load(HALF, R1, R6, kernel.at("sk_buff.protocol"));
        new FlowMatcher(filter, to).emit();

        to.label("hit").move(R9, MATCHED);
        if (!drop) {
            to.call(Helper.KTIME_GET_NS).store(DOUBLE, R10, VALUE, R0);
            to.move(R3, R10).calculate(ADD, R3, VALUE).move(R4, 0);
            track(to, Helper.MAP_UPDATE_ELEM);
        }
        to.jump("emit");
        to.label("miss");
        track(to, Helper.MAP_LOOKUP_ELEM).jumpIf(EQUAL, R0, 0, "out").move(R8, R0);
        to.call(Helper.KTIME_GET_NS).load(DOUBLE, R1, R8, 0).calculate(SUBTRACT, R0, R1);
        to.jumpIf(GREATER, R0, EXPIRY_NANOS, "out").move(R9, FOLLOWED);
        to.label("emit");
        if (drop) {
            track(to, Helper.MAP_DELETE_ELEM);
        }
        reserve(to, maps, drop ? EventLayout.SIZE_WITH_STACK : EventLayout.SIZE);
        head(to, number);
        to.store(DOUBLE, R8, EventLayout.SKB, R6).store(WORD, R8, EventLayout.FOLLOWED, R9);
        arguments(to, kind);
        packetParts(to, received);
        places(to);
        if (received) {
            hint(to);
        }
        if (drop) {
            stack(to, maps);
        }
        submit(to);
        return to.label("out").move(R0, 0).exit().instructions();
    }

    private void arguments(Assembler to, Kind kind) {
        switch (kind) {
            case DROP -> {
                to.load(DOUBLE, R1, R7, 8).store(DOUBLE, R8, EventLayout.LOCATION, R1);
                int reason = kernel.argument("kfree_skb", BtfKind.ENUM, DropReasons.ENUM);
                if (reason >= 0) {
                    to.load(DOUBLE, R1, R7, 8 * reason).store(WORD, R8, EventLayout.REASON, R1);
                }
            }
            case ICMP_SENT -> {
                to.load(DOUBLE, R1, R7, 8).calculate(AND, R1, 0xff).calculate(SHIFT_LEFT, R1, 8);
                to.load(DOUBLE, R2, R7, 16).calculate(AND, R2, 0xff).calculate(OR, R1, R2);
                to.store(WORD, R8, EventLayout.DETAIL, R1);
            }
            case RECEIVED, SENT, ROUTE -> {}
        }
    }

    private void packetParts(Assembler to, boolean received) {
        to.load(WORD, R1, R6, kernel.at("sk_buff.len")).store(WORD, R8, EventLayout.LENGTH, R1);
        to.load(HALF, R1, R6, kernel.at("sk_buff.protocol")).store(WORD, R8, EventLayout.FAMILY, R1);
        to.load(WORD, R1, R6, kernel.at("sk_buff.tail")).store(WORD, R8, EventLayout.TAIL, R1);
        to.load(DOUBLE, R1, R6, kernel.at("sk_buff.head")).store(DOUBLE, R8, EventLayout.HEAD, R1);
        to.load(DOUBLE, R2, R6, kernel.at("sk_buff.data")).store(DOUBLE, R8, EventLayout.DATA, R2);
        if (received) {
            to.calculate(SUBTRACT, R2, R1).store(WORD, R8, EventLayout.NETWORK_HEADER, R2);
        } else {
            to.load(HALF, R1, R6, kernel.at("sk_buff.network_header"));
            to.store(WORD, R8, EventLayout.NETWORK_HEADER, R1);
        }
        to.move(R1, R8).calculate(ADD, R1, EventLayout.PACKET).move(R2, PacketEvent.MOST_BYTES);
        to.load(DOUBLE, R3, R10, FlowMatcher.NETWORK_HEADER).call(Helper.PROBE_READ_KERNEL);
    }

    // The namespace: by the device, the socket, the route. The first two share their places in the skb with other
    // things at
    // times; a bad pointer reads as zeros, and what comes back is checked in user space.
    private void places(Assembler to) {
        to.load(DOUBLE, R9, R6, kernel.at("sk_buff.dev")).jumpIf(EQUAL, R9, 0, "noDevice");
        device(to, kernel);
        to.label("noDevice");
        to.load(DOUBLE, R1, R6, kernel.at("sk_buff.sk")).jumpIf(EQUAL, R1, 0, "noSocket");
        to.load(DOUBLE, R1, R1, kernel.at("sock.__sk_common.skc_net")).load(WORD, R1, R1, kernel.at("net.ns.inum"));
        to.store(WORD, R8, EventLayout.SOCKET_NAMESPACE, R1).label("noSocket");
        to.load(DOUBLE, R3, R6, kernel.at("sk_buff._skb_refdst")).calculate(AND, R3, ~7);
        to.jumpIf(EQUAL, R3, 0, "noRoute").calculate(ADD, R3, kernel.at("dst_entry.dev"));
        read(to, VALUE, 8).jumpIf(NOT_EQUAL, R0, 0, "noRoute");
        to.load(DOUBLE, R3, R10, VALUE).calculate(ADD, R3, kernel.at("net_device.nd_net"));
        read(to, VALUE, 8).jumpIf(NOT_EQUAL, R0, 0, "noRoute");
        to.load(DOUBLE, R3, R10, VALUE).calculate(ADD, R3, kernel.at("net.ns.inum"));
        to.move(R1, R8).calculate(ADD, R1, EventLayout.ROUTE_NAMESPACE).move(R2, 4);
        to.call(Helper.PROBE_READ_KERNEL).label("noRoute");
    }

    // Which namespace this processor received for last: a failed look-up of a route tells none.
    private void hint(Assembler to) {
        to.store(WORD, R10, KEY, 0).map(R1, maps.hints()).move(R2, R10).calculate(ADD, R2, KEY);
        to.call(Helper.MAP_LOOKUP_ELEM).jumpIf(EQUAL, R0, 0, "noHint");
        to.load(WORD, R1, R8, EventLayout.DEVICE_NAMESPACE).store(DOUBLE, R0, 0, R1);
        to.load(DOUBLE, R1, R8, EventLayout.NANOS).store(DOUBLE, R0, 8, R1).label("noHint");
    }

    private Assembler track(Assembler to, Helper helper) {
        return to.map(R1, maps.tracked()).move(R2, R10).calculate(ADD, R2, KEY).call(helper);
    }

    private static Assembler read(Assembler to, int into, int length) {
        to.move(R1, R10).calculate(ADD, R1, into).move(R2, length);
        return to.call(Helper.PROBE_READ_KERNEL);
    }

    /** Makes room for a record, R8, or counts one as lost and goes "out". */
    static void reserve(Assembler to, WatchMaps maps, int size) {
        to.map(R1, maps.ring()).move(R2, size).move(R3, 0).call(Helper.RINGBUF_RESERVE);
        to.jumpIf(NOT_EQUAL, R0, 0, "reserved");
        to.mapValue(R1, maps.lost()).move(R2, 1).addAtomically(R1, 0, R2).jump("out");
        to.label("reserved").move(R8, R0);
    }

    /** Zeros all but the packet and the stack, sets time and kind. */
    static void head(Assembler to, int number) {
        for (int at = 0; at < EventLayout.PACKET; at += 8) {
            to.store(DOUBLE, R8, at, 0);
        }
        to.call(Helper.KTIME_GET_NS).store(DOUBLE, R8, EventLayout.NANOS, R0);
        to.store(WORD, R8, EventLayout.KIND, number);
    }

    /** Tells of the device R9. */
    static void device(Assembler to, KernelLayout kernel) {
        to.load(WORD, R1, R9, kernel.at("net_device.ifindex")).store(WORD, R8, EventLayout.IF_INDEX, R1);
        to.load(DOUBLE, R1, R9, kernel.at("net_device.nd_net")).load(WORD, R1, R1, kernel.at("net.ns.inum"));
        to.store(WORD, R8, EventLayout.DEVICE_NAMESPACE, R1);
        to.move(R1, R8).calculate(ADD, R1, EventLayout.DEVICE).move(R2, 16);
        to.move(R3, R9).calculate(ADD, R3, kernel.at("net_device.name")).call(Helper.PROBE_READ_KERNEL_STR);
    }

    /** Takes the stack, and has the kernel name what is on it: it does so a thousand times faster than by its list of symbols. */
    static void stack(Assembler to, WatchMaps maps) {
        to.store(DOUBLE, R8, EventLayout.NAMES, 0).store(DOUBLE, R8, EventLayout.NAMES + EventLayout.NAMES_BYTES, 0);
        int length = EventLayout.FRAMES * 8;
        if (maps.names().isEmpty()) {
            to.move(R1, R7).move(R2, R8).calculate(ADD, R2, EventLayout.STACK).move(R3, length);
            to.move(R4, 0).call(Helper.GET_STACK).store(WORD, R8, EventLayout.STACK_BYTES, R0);
            return;
        }
        for (int at = 0; at < length; at += 8) {
            to.store(DOUBLE, R10, FRAMES + 8 + at, 0);
        }
        to.load(DOUBLE, R1, R8, EventLayout.LOCATION).store(DOUBLE, R10, FRAMES, R1);
        to.move(R1, R7).move(R2, R10).calculate(ADD, R2, FRAMES + 8).move(R3, length);
        to.move(R4, 0).call(Helper.GET_STACK).store(WORD, R8, EventLayout.STACK_BYTES, R0);
        int values = EventLayout.NAMES_AT_ONCE * 8;
        for (int half = 0; half < 2; half++) {
            to.move(R1, R8).calculate(ADD, R1, EventLayout.NAMES + half * EventLayout.NAMES_BYTES);
            to.move(R2, EventLayout.NAMES_BYTES).mapValue(R3, maps.names().get());
            to.move(R4, R10).calculate(ADD, R4, FRAMES + half * values).move(R5, values);
            to.call(Helper.SNPRINTF);
        }
    }

    static void submit(Assembler to) {
        to.move(R1, R8).move(R2, 0).call(Helper.RINGBUF_SUBMIT);
    }
}
