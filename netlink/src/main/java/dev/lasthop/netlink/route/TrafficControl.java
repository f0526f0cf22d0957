package dev.lasthop.netlink.route;

import dev.lasthop.address.IfIndex;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.MalformedMessageException;
import java.nio.ByteBuffer;

/** What qdiscs and filters have in common, and what is particular to each kind (include/uapi/linux/pkt_sched.h, pkt_cls.h, tc_act/). */
public final class TrafficControl {
    private static final int HEADER = 20; // struct tcmsg

    private TrafficControl() {}

    static Bytes encode(IfIndex index, int handle, int parent, int info, Attributes attributes) {
        return Layout.encode(
                HEADER,
                out -> out.putInt(0) // tcm_family and padding
                        .putInt(index.value())
                        .putInt(handle)
                        .putInt(parent)
                        .putInt(info),
                attributes);
    }

    interface Message<T> {
        T of(IfIndex index, int handle, int parent, int info, Attributes attributes);
    }

    static <T> T decode(ByteBuffer in, Message<T> message) {
        Layout.require(in, HEADER, "tcmsg");
        int start = in.position();
        in.position(start + 4);
        IfIndex index = new IfIndex(in.getInt());
        int handle = in.getInt();
        int parent = in.getInt();
        int info = in.getInt();
        return message.of(index, handle, parent, info, Layout.tail(in, start, HEADER));
    }

    /**
     * {@code tbf}, the token bucket: sends no more than its rate, but for bursts of as many bytes as fit in the bucket; what is too much
     * waits, up to a limit.
     */
    public static final class Tbf {
        public static final Key<Parameters> PARAMETERS =
                Key.fixed(1, "TCA_TBF_PARMS", 36, (out, value) -> value.put(out), Parameters::take);

        /** The rate in bytes a second, where 32 bits do not hold it. */
        public static final Key<Long> RATE = Key.u64(4, "TCA_TBF_RATE64");

        /** The bucket's size, in bytes. It goes before {@link Parameters#buffer}. */
        public static final Key<Integer> BURST = Key.u32(6, "TCA_TBF_BURST");

        /**
         * {@code struct tc_tbf_qopt}.
         *
         * @param limit how many bytes may wait
         * @param buffer the bucket's size as the time that it takes to fill, in the kernel's ticks of 64 ns
         * @param mtu the bucket of the peak rate, likewise
         */
        public record Parameters(RateSpecification rate, RateSpecification peak, int limit, int buffer, int mtu) {
            private void put(ByteBuffer out) {
                rate.put(out);
                peak.put(out);
                out.putInt(limit).putInt(buffer).putInt(mtu);
            }

            private static Parameters take(ByteBuffer in) {
                return new Parameters(
                        RateSpecification.take(in), RateSpecification.take(in), in.getInt(), in.getInt(), in.getInt());
            }
        }

        /**
         * {@code struct tc_ratespec}.
         *
         * @param linkLayer {@link #ETHERNET}: then the kernel reckons with the rate itself, not with a table
         * @param bytesPerSecond {@link #MORE} where {@link Tbf#RATE} has it
         */
        public record RateSpecification(
                int cellLog, int linkLayer, int overhead, int cellAlign, int mpu, int bytesPerSecond) {
            public static final RateSpecification NONE = new RateSpecification(0, 0, 0, 0, 0, 0);

            private void put(ByteBuffer out) {
                out.put((byte) cellLog)
                        .put((byte) linkLayer)
                        .putShort((short) overhead)
                        .putShort((short) cellAlign)
                        .putShort((short) mpu)
                        .putInt(bytesPerSecond);
            }

            private static RateSpecification take(ByteBuffer in) {
                return new RateSpecification(
                        Byte.toUnsignedInt(in.get()),
                        Byte.toUnsignedInt(in.get()),
                        Short.toUnsignedInt(in.getShort()),
                        in.getShort(),
                        Short.toUnsignedInt(in.getShort()),
                        in.getInt());
            }
        }

        public static final int ETHERNET = 1; // TC_LINKLAYER_ETHERNET
        public static final int MORE = 0xffffffff;

        private Tbf() {}

        /**
         * The options of a bucket.
         *
         * @param bytesPerSecond at least 1
         * @param burst in bytes; the largest packet must fit in
         * @param limit how many bytes may wait, the bucket's included
         */
        public static Attribute[] options(long bytesPerSecond, int burst, int limit) {
            boolean large = bytesPerSecond >= 1L << 32;
            var rate = new RateSpecification(0, ETHERNET, 0, 0, 0, large ? MORE : (int) bytesPerSecond);
            Attribute parameters = PARAMETERS.to(new Parameters(rate, RateSpecification.NONE, limit, 0, 0));
            return large
                    ? new Attribute[] {parameters, RATE.to(bytesPerSecond), BURST.to(burst)}
                    : new Attribute[] {parameters, BURST.to(burst)};
        }

        /** The rate of a bucket, in bytes a second; 0 where it has none. */
        public static long bytesPerSecond(Attributes options) {
            return options.get(RATE)
                    .orElseGet(() -> options.get(PARAMETERS)
                            .map(parameters ->
                                    Integer.toUnsignedLong(parameters.rate().bytesPerSecond()))
                            .orElse(0L));
        }
    }

    /** {@code u32}, the filter that compares words of the packet. */
    public static final class U32 {
        /** {@code struct tc_u32_sel} with its keys. */
        public static final Key<Bytes> SELECTOR = Key.of(5, "TCA_U32_SEL", bytes -> bytes, U32::selector);

        /** The actions, numbered from 1. */
        public static final Key<Attributes> ACTIONS = Key.nested(7, "TCA_U32_ACT");

        private static final int LEAST = 16;
        private static final int KEY = 16;

        private U32() {}

        /** The selector of all packets: one word, of which no bit counts. */
        public static Attribute everything() {
            return SELECTOR.to(Bytes.write(LEAST + KEY, out -> out.put((byte) 1).put(2, (byte) 1)));
        }

        /** One action alone. */
        public static Attribute action(Action action) {
            return ACTIONS.to(Attributes.of(
                    Key.nested(1, "TCA_ACT_TAB").to(Attributes.of(Action.KIND.to(action.kind), action.options()))));
        }

        private static Bytes selector(ByteBuffer in) {
            int keys = in.remaining() < LEAST ? 0 : Byte.toUnsignedInt(in.get(in.position() + 2));
            if (in.remaining() < LEAST + keys * KEY) {
                throw new MalformedMessageException(
                        "TCA_U32_SEL is %d bytes, too short for %d keys".formatted(in.remaining(), keys));
            }
            return Bytes.take(in, in.remaining());
        }
    }

    /**
     * What is done with a packet that a filter chose.
     *
     * @param parameters the kind's options
     */
    public record Action(String kind, Attributes parameters) {
        public static final Key<String> KIND = Key.string(1, "TCA_ACT_KIND");
        public static final Key<Attributes> OPTIONS = Key.flaggedNested(2, "TCA_ACT_OPTIONS");

        /** The packet goes out by another link instead, as if it had been sent there. */
        public static Action redirect(IfIndex to) {
            return new Action("mirred", Attributes.of(Mirred.PARAMETERS.to(Mirred.redirect(to))));
        }

        /** The one action of a filter, as {@link U32#ACTIONS} has it. */
        public static java.util.Optional<Action> only(Attributes actions) {
            return actions.get(Key.nested(1, "TCA_ACT_TAB"))
                    .map(one -> new Action(
                            one.get(KIND).orElse(""), one.get(OPTIONS).orElse(Attributes.NONE)));
        }

        private Attribute options() {
            return OPTIONS.to(parameters);
        }
    }

    /**
     * {@code struct tc_mirred}: the action that redirects and copies.
     *
     * @param number the action's own; 0 lets the kernel choose
     * @param verdict {@code TC_ACT_*}, what becomes of the packet itself
     * @param kind {@code TCA_EGRESS_REDIR} and its like
     */
    public record Mirred(int number, int capabilities, int verdict, int references, int bound, int kind, IfIndex to) {
        public static final Key<Mirred> PARAMETERS =
                Key.fixed(2, "TCA_MIRRED_PARMS", 28, (out, value) -> value.put(out), Mirred::take);

        public static final int REDIRECT_OUT = 1; // TCA_EGRESS_REDIR
        public static final int STOLEN = 4; // TC_ACT_STOLEN

        static Mirred redirect(IfIndex to) {
            return new Mirred(0, 0, STOLEN, 0, 0, REDIRECT_OUT, to);
        }

        private void put(ByteBuffer out) {
            out.putInt(number)
                    .putInt(capabilities)
                    .putInt(verdict)
                    .putInt(references)
                    .putInt(bound)
                    .putInt(kind)
                    .putInt(to.value());
        }

        private static Mirred take(ByteBuffer in) {
            return new Mirred(
                    in.getInt(),
                    in.getInt(),
                    in.getInt(),
                    in.getInt(),
                    in.getInt(),
                    in.getInt(),
                    new IfIndex(in.getInt()));
        }
    }
}
