package dev.lasthop.netlink.nftables;

import dev.lasthop.address.IfIndex;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One thing that the packet filter did with a traced packet ({@code NFT_MSG_TRACE}).
 *
 * @param id the same for all events of one packet at one hook; between hooks it may change (with bridge netfilter it does)
 * @param family of the table, {@code NFPROTO_*}
 * @param ruleHandle 0 for a policy
 * @param verdict of the rule; for a policy, accept or drop
 * @param linkHeader as the packet has them then; empty in all but a packet's first event at a hook
 * @param connection {@code NFTA_TRACE_CT_*}; empty before Linux 6.15 and for what is not tracked
 */
public record TraceEvent(
        int id,
        int family,
        String table,
        String chain,
        long ruleHandle,
        Kind kind,
        RuleData.Verdict verdict,
        Bytes linkHeader,
        Bytes networkHeader,
        Bytes transportHeader,
        IfIndex in,
        IfIndex out,
        int mark,
        int protocolFamily,
        Optional<Connection> connection) {
    /** {@code NFNLGRP_NFTRACE}. */
    public static final int GROUP = 9;

    private static final Key<String> TABLE = Key.string(1, "NFTA_TRACE_TABLE");
    private static final Key<String> CHAIN = Key.string(2, "NFTA_TRACE_CHAIN");
    private static final Key<Long> RULE_HANDLE = Key.bigEndian64(3, "NFTA_TRACE_RULE_HANDLE");
    private static final Key<Integer> TYPE = Key.bigEndian32(4, "NFTA_TRACE_TYPE");
    private static final Key<Attributes> VERDICT = Key.flaggedNested(5, "NFTA_TRACE_VERDICT");
    private static final Key<Integer> ID = Key.bigEndian32(6, "NFTA_TRACE_ID");
    private static final Key<Bytes> LINK_HEADER = Key.bytes(7, "NFTA_TRACE_LL_HEADER");
    private static final Key<Bytes> NETWORK_HEADER = Key.bytes(8, "NFTA_TRACE_NETWORK_HEADER");
    private static final Key<Bytes> TRANSPORT_HEADER = Key.bytes(9, "NFTA_TRACE_TRANSPORT_HEADER");
    private static final Key<Integer> INPUT = Key.bigEndian32(10, "NFTA_TRACE_IIF");
    private static final Key<Integer> OUTPUT = Key.bigEndian32(12, "NFTA_TRACE_OIF");
    private static final Key<Integer> MARK = Key.bigEndian32(14, "NFTA_TRACE_MARK");
    private static final Key<Integer> FAMILY = Key.bigEndian32(15, "NFTA_TRACE_NFPROTO");
    private static final Key<Integer> POLICY = Key.bigEndian32(16, "NFTA_TRACE_POLICY");
    private static final Key<Integer> CT_ID = Key.bigEndian32(18, "NFTA_TRACE_CT_ID");
    private static final Key<Integer> CT_DIRECTION = Key.u8(19, "NFTA_TRACE_CT_DIRECTION");
    private static final Key<Integer> CT_STATUS = Key.bigEndian32(20, "NFTA_TRACE_CT_STATUS");
    private static final Key<Integer> CT_STATE = Key.bigEndian32(21, "NFTA_TRACE_CT_STATE");

    /** {@code enum nft_trace_types}. */
    public enum Kind {
        UNKNOWN,
        POLICY,
        RETURN,
        RULE
    }

    /**
     * What connection tracking says of the packet.
     *
     * @param state bits of {@link CtKey}
     * @param status {@code IPS_*}
     */
    public record Connection(int id, OptionalInt direction, int status, int state) {}

    public static TraceEvent decode(NetlinkMessage message) {
        NftHeader.Body body = NftHeader.split(message);
        Attributes in = body.attributes();
        return new TraceEvent(
                Fields.number(in, ID),
                body.header().family(),
                Fields.text(in, TABLE),
                Fields.text(in, CHAIN),
                in.get(RULE_HANDLE).orElse(0L),
                kind(Fields.number(in, TYPE)),
                verdict(in),
                in.get(LINK_HEADER).orElse(Bytes.EMPTY),
                in.get(NETWORK_HEADER).orElse(Bytes.EMPTY),
                in.get(TRANSPORT_HEADER).orElse(Bytes.EMPTY),
                new IfIndex(Fields.number(in, INPUT)),
                new IfIndex(Fields.number(in, OUTPUT)),
                Fields.number(in, MARK),
                Fields.number(in, FAMILY),
                connection(in));
    }

    private static Kind kind(int type) {
        return switch (type) {
            case 1 -> Kind.POLICY;
            case 2 -> Kind.RETURN;
            case 3 -> Kind.RULE;
            default -> Kind.UNKNOWN;
        };
    }

    private static RuleData.Verdict verdict(Attributes in) {
        return in.get(VERDICT)
                .map(verdict -> new RuleData.Verdict(
                        Fields.number(verdict, RuleData.CODE), Fields.text(verdict, RuleData.CHAIN)))
                .or(() -> in.get(POLICY).map(code -> new RuleData.Verdict(code, "")))
                .orElse(RuleData.Verdict.CONTINUE);
    }

    private static Optional<Connection> connection(Attributes in) {
        return in.get(CT_STATE)
                .map(state -> new Connection(
                        Fields.number(in, CT_ID),
                        in.get(CT_DIRECTION).map(OptionalInt::of).orElse(OptionalInt.empty()),
                        Fields.number(in, CT_STATUS),
                        state));
    }

    /** The same event, of the packet that another event describes. */
    TraceEvent withPacketOf(TraceEvent other) {
        return new TraceEvent(
                id,
                family,
                table,
                chain,
                ruleHandle,
                kind,
                verdict,
                other.linkHeader,
                other.networkHeader,
                other.transportHeader,
                other.in,
                other.out,
                other.mark,
                other.protocolFamily,
                connection.or(other::connection));
    }

    /** Whether this is what ended the packet. */
    public boolean isDrop() {
        return verdict.code() == RuleData.Verdict.DROP_CODE && kind != Kind.RETURN;
    }
}
