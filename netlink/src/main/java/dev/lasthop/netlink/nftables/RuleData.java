package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;

/** What a register, a set's element or a comparison holds: bytes, or a verdict ({@code NFTA_DATA_*}). */
public sealed interface RuleData {
    /** Bytes in the order in which they stand in a register. */
    record Value(Bytes bytes) implements RuleData {
        public static final Value EMPTY = new Value(Bytes.EMPTY);

        public static Value of(byte... bytes) {
            return new Value(Bytes.of(bytes));
        }
    }

    /**
     * What becomes of the packet.
     *
     * @param code {@code NF_*} (0 and up) or {@code NFT_*} (below 0)
     * @param chain for jump and goto; empty otherwise
     */
    record Verdict(int code, String chain) implements RuleData {
        public static final int DROP_CODE = 0; // NF_DROP
        public static final int ACCEPT_CODE = 1; // NF_ACCEPT
        public static final int STOLEN_CODE = 2; // NF_STOLEN
        public static final int QUEUE_CODE = 3; // NF_QUEUE
        public static final int CONTINUE_CODE = -1; // NFT_CONTINUE
        public static final int BREAK_CODE = -2; // NFT_BREAK
        public static final int JUMP_CODE = -3; // NFT_JUMP
        public static final int GOTO_CODE = -4; // NFT_GOTO
        public static final int RETURN_CODE = -5; // NFT_RETURN

        public static final Verdict DROP = new Verdict(DROP_CODE, "");
        public static final Verdict ACCEPT = new Verdict(ACCEPT_CODE, "");
        public static final Verdict CONTINUE = new Verdict(CONTINUE_CODE, "");
        public static final Verdict RETURN = new Verdict(RETURN_CODE, "");

        public static Verdict jump(String chain) {
            return new Verdict(JUMP_CODE, chain);
        }

        public static Verdict goTo(String chain) {
            return new Verdict(GOTO_CODE, chain);
        }

        /** As nft writes it: {@code drop}, {@code jump other}. */
        @Override
        public String toString() {
            return switch (code) {
                case DROP_CODE -> "drop";
                case ACCEPT_CODE -> "accept";
                case STOLEN_CODE -> "stolen";
                case CONTINUE_CODE -> "continue";
                case BREAK_CODE -> "break";
                case JUMP_CODE -> "jump " + chain;
                case GOTO_CODE -> "goto " + chain;
                case RETURN_CODE -> "return";
                default -> (code & 0xff) == QUEUE_CODE ? "queue to " + (code >>> 16) : "verdict " + code;
            };
        }
    }

    Key<Bytes> VALUE = Key.bytes(1, "NFTA_DATA_VALUE");
    Key<Attributes> VERDICT = Key.flaggedNested(2, "NFTA_DATA_VERDICT");
    Key<Integer> CODE = Key.bigEndian32(1, "NFTA_VERDICT_CODE");
    Key<String> CHAIN = Key.string(2, "NFTA_VERDICT_CHAIN");

    default Attributes encode() {
        return switch (this) {
            case Value value -> Attributes.of(VALUE.to(value.bytes()));
            case Verdict verdict ->
                Attributes.of(VERDICT.to(new Fields()
                        .put(CODE, verdict.code())
                        .nonEmpty(CHAIN, verdict.chain())
                        .done()));
        };
    }

    static RuleData decode(Attributes attributes) {
        return attributes
                .get(VERDICT)
                .<RuleData>map(verdict -> new Verdict(Fields.number(verdict, CODE), Fields.text(verdict, CHAIN)))
                .orElseGet(() -> new Value(attributes.get(VALUE).orElse(Bytes.EMPTY)));
    }

    /** A key for an attribute that holds such. */
    static Key<RuleData> key(int type, String name) {
        return new Key<>(
                type,
                dev.lasthop.netlink.Attribute.NESTED,
                name,
                data -> data.encode().encode(),
                in -> decode(Attributes.decode(in)));
    }
}
