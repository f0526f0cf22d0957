package dev.lasthop.bpf;

import static dev.lasthop.bpf.Assembler.Condition.EQUAL;
import static dev.lasthop.bpf.Assembler.Condition.NOT_EQUAL;
import static dev.lasthop.bpf.Assembler.Operation.ADD;
import static dev.lasthop.bpf.Assembler.Register.R0;
import static dev.lasthop.bpf.Assembler.Register.R1;
import static dev.lasthop.bpf.Assembler.Register.R10;
import static dev.lasthop.bpf.Assembler.Register.R2;
import static dev.lasthop.bpf.Assembler.Register.R3;
import static dev.lasthop.bpf.Assembler.Register.R6;
import static dev.lasthop.bpf.Assembler.Register.R7;
import static dev.lasthop.bpf.Assembler.Register.R8;
import static dev.lasthop.bpf.Assembler.Register.R9;
import static dev.lasthop.bpf.Assembler.Size.BYTE;
import static dev.lasthop.bpf.Assembler.Size.DOUBLE;
import static dev.lasthop.bpf.Assembler.Size.WORD;

import dev.lasthop.bpf.Assembler.Helper;
import dev.lasthop.bpf.PacketFilter.Tuple;
import java.util.List;

/** The programs on look-ups of routes. There is no packet: a lost one may never have come to be. */
final class RoutePrograms {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int LOOPBACK = 1; // the "incoming" interface of what this host sends
    private static final int ADDRESSES = -32;
    private static final int HINT_KEY = -40;

    // What route types mean, by fib6_prop[] in net/ipv6/route.c: RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT,
    // RTN_THROW
    private static final int[][] ERRORS = {{6, -22}, {7, -113}, {8, -13}, {9, -11}};
    private static final int ENETUNREACH = -101;

    private final KernelLayout kernel;
    private final WatchMaps maps;
    private final PacketFilter filter;

    RoutePrograms(KernelLayout kernel, WatchMaps maps, PacketFilter filter) {
        this.kernel = kernel;
        this.maps = maps;
        this.filter = filter;
    }

    /** On {@code fib_table_lookup(u32 table, const struct flowi4 *, const struct fib_nh_common *, int error)}. */
    List<Instruction> ipv4(int number) {
        var to = new Assembler();
        to.move(R7, R1).load(DOUBLE, R6, R7, 8);
        to.load(WORD, R1, R6, kernel.at("flowi4.saddr")).store(WORD, R10, ADDRESSES, R1);
        to.load(WORD, R2, R6, kernel.at("flowi4.daddr")).store(WORD, R10, ADDRESSES + 4, R2);
        int label = 0;
        for (Tuple tuple : filter.flowsOf(true)) {
            for (Tuple each : List.of(tuple, tuple.reversed())) {
                String next = "next" + label++;
                compare(to, R2, each.destination(), next);
                // Whoever sends often asks for the route before it has chosen its own address.
                to.jumpIfWord(EQUAL, R1, 0, each.destination().length == 0 ? next : "hit");
                compare(to, R1, each.source(), next);
                to.jump("hit").label(next);
            }
        }
        to.jump("out").label("hit");
        begin(to, number, AF_INET);
        to.load(DOUBLE, R1, R10, ADDRESSES).store(DOUBLE, R8, EventLayout.PACKET, R1);
        to.load(DOUBLE, R1, R7, 24).store(WORD, R8, EventLayout.ERROR, R1);
        to.load(DOUBLE, R1, R7, 0).store(WORD, R8, EventLayout.DETAIL, R1);
        interfaces(to, "flowi4");
        to.load(DOUBLE, R9, R7, 16).jumpIf(EQUAL, R9, 0, "noHop");
        to.load(DOUBLE, R9, R9, kernel.at("fib_nh_common.nhc_dev")).jumpIf(EQUAL, R9, 0, "noHop");
        WatchPrograms.device(to, kernel);
        to.label("noHop").load(DOUBLE, R1, R7, 24).jumpIfWord(EQUAL, R1, 0, "done");
        WatchPrograms.stack(to, maps);
        return end(to);
    }

    /** On {@code fib6_table_lookup(const struct net *, const struct fib6_result *, struct fib6_table *, const struct flowi6 *)}. */
    List<Instruction> ipv6(int number) {
        var to = new Assembler();
        to.move(R7, R1).load(DOUBLE, R6, R7, 24);
        copy(to, R6, kernel.at("flowi6.saddr"), R10, ADDRESSES);
        copy(to, R6, kernel.at("flowi6.daddr"), R10, ADDRESSES + 16);
        int label = 0;
        for (Tuple tuple : filter.flowsOf(false)) {
            for (Tuple each : List.of(tuple, tuple.reversed())) {
                String next = "next" + label++;
                words(to, ADDRESSES + 16, each.destination(), next);
                if (each.destination().length != 0) {
                    to.load(DOUBLE, R1, R10, ADDRESSES).jumpIf(NOT_EQUAL, R1, 0, next + "Source");
                    to.load(DOUBLE, R1, R10, ADDRESSES + 8)
                            .jumpIf(EQUAL, R1, 0, "hit")
                            .label(next + "Source");
                }
                words(to, ADDRESSES, each.source(), next);
                to.jump("hit").label(next);
            }
        }
        to.jump("out").label("hit");
        begin(to, number, AF_INET6);
        copy(to, R10, ADDRESSES, R8, EventLayout.PACKET);
        copy(to, R10, ADDRESSES + 16, R8, EventLayout.PACKET + 16);
        to.load(DOUBLE, R1, R7, 16).jumpIf(EQUAL, R1, 0, "noTable");
        to.load(WORD, R1, R1, kernel.at("fib6_table.tb6_id")).store(WORD, R8, EventLayout.DETAIL, R1);
        to.label("noTable");
        interfaces(to, "flowi6");
        result6(to);
        to.load(DOUBLE, R1, R7, 0).load(WORD, R1, R1, kernel.at("net.ns.inum"));
        to.store(WORD, R8, EventLayout.SOCKET_NAMESPACE, R1);
        to.load(WORD, R1, R8, EventLayout.ERROR).jumpIf(EQUAL, R1, 0, "done");
        WatchPrograms.stack(to, maps);
        return end(to);
    }

    // The null entry stands for "no route": it is an unreachable route of the namespace's own.
    private void result6(Assembler to) {
        to.load(DOUBLE, R9, R7, 8);
        to.load(BYTE, R1, R9, kernel.at("fib6_result.fib6_type"));
        for (int[] error : ERRORS) {
            String next = "type" + error[0];
            to.jumpIf(NOT_EQUAL, R1, error[0], next)
                    .store(WORD, R8, EventLayout.ERROR, error[1])
                    .label(next);
        }
        to.load(DOUBLE, R2, R7, 0).load(DOUBLE, R2, R2, kernel.at("net.ipv6.fib6_null_entry"));
        to.load(DOUBLE, R1, R9, kernel.at("fib6_result.f6i")).jumpIf(NOT_EQUAL, R1, R2, "found");
        to.store(WORD, R8, EventLayout.ERROR, ENETUNREACH).jump("noHop").label("found");
        to.load(DOUBLE, R9, R9, kernel.at("fib6_result.nh")).jumpIf(EQUAL, R9, 0, "noHop");
        to.load(DOUBLE, R9, R9, kernel.at("fib6_nh.nh_common") + kernel.at("fib_nh_common.nhc_dev"));
        to.jumpIf(EQUAL, R9, 0, "noHop");
        WatchPrograms.device(to, kernel);
        to.label("noHop");
    }

    private void begin(Assembler to, int number, int family) {
        WatchPrograms.reserve(to, maps, EventLayout.SIZE_WITH_STACK);
        WatchPrograms.head(to, number);
        to.store(WORD, R8, EventLayout.FAMILY, family).store(WORD, R8, EventLayout.NAMES, 0);
        to.call(Helper.GET_CURRENT_TASK_BTF).load(DOUBLE, R1, R0, kernel.at("task_struct.nsproxy"));
        to.load(DOUBLE, R1, R1, kernel.at("nsproxy.net_ns")).load(WORD, R1, R1, kernel.at("net.ns.inum"));
        to.store(WORD, R8, EventLayout.TASK_NAMESPACE, R1);
        to.store(WORD, R10, HINT_KEY, 0).map(R1, maps.hints()).move(R2, R10).calculate(ADD, R2, HINT_KEY);
        to.call(Helper.MAP_LOOKUP_ELEM).jumpIf(EQUAL, R0, 0, "noHint");
        to.load(DOUBLE, R1, R0, 0).store(WORD, R8, EventLayout.HINT_NAMESPACE, R1);
        to.load(DOUBLE, R1, R0, 8).store(DOUBLE, R8, EventLayout.HINT_NANOS, R1).label("noHint");
    }

    // Where the packet came from, or, if this host sends it, where it is to go.
    private void interfaces(Assembler to, String flow) {
        to.load(WORD, R1, R6, kernel.at(flow + ".__fl_common.flowic_iif")).store(WORD, R8, EventLayout.FOLLOWED, R1);
        to.jumpIf(NOT_EQUAL, R1, LOOPBACK, "incoming");
        to.load(WORD, R1, R6, kernel.at(flow + ".__fl_common.flowic_oif"));
        to.label("incoming").store(WORD, R8, EventLayout.IF_INDEX, R1);
    }

    private static List<Instruction> end(Assembler to) {
        to.label("done");
        WatchPrograms.submit(to);
        return to.label("out").move(R0, 0).exit().instructions();
    }

    private static void compare(Assembler to, Assembler.Register register, byte[] address, String otherwise) {
        if (address.length != 0) {
            to.jumpIfWord(NOT_EQUAL, register, (int) FlowMatcher.native64(address, 0, 4), otherwise);
        }
    }

    private static void words(Assembler to, int at, byte[] address, String otherwise) {
        for (int i = 0; i < address.length; i += 8) {
            to.load(DOUBLE, R1, R10, at + i).wide(R2, FlowMatcher.native64(address, i, 8));
            to.jumpIf(NOT_EQUAL, R1, R2, otherwise);
        }
    }

    private static void copy(Assembler to, Assembler.Register from, int at, Assembler.Register into, int place) {
        for (int i = 0; i < 16; i += 4) {
            to.load(WORD, R3, from, at + i).store(WORD, into, place + i, R3);
        }
    }
}
