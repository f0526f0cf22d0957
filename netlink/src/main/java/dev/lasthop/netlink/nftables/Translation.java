package dev.lasthop.netlink.nftables;

import static dev.lasthop.netlink.nftables.Fields.number;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;

/** Steps that change where a packet comes from or goes to. */
public sealed interface Translation extends Statement {

    /** {@code NF_NAT_RANGE_PROTO_RANDOM}, {@code _RANDOM_FULLY}, {@code _PERSISTENT}: bits of a translation's flags. */
    int RANDOM = 4;

    int RANDOM_FULLY = 16;
    int PERSISTENT = 8;

    /** {@code NF_NAT_RANGE_NETMAP}: the prefix changes, the bits behind it stay. */
    int NETMAP = 64;

    static Expression decode(String name, Attributes in) {
        return switch (name) {
            case "nat" -> Nat.decode(in);
            case "masq" -> Masquerade.decode(in);
            case "redir" -> Redirect.decode(in);
            case "tproxy" -> TransparentProxy.decode(in);
            case "synproxy" -> SynProxy.decode(in);
            case "dup" -> Duplicate.decode(in);
            case "fwd" -> Forward.decode(in);
            default -> new Unknown(name, in);
        };
    }

    /**
     * Gives the connection another source or destination.
     *
     * @param type {@code enum nft_nat_types}: 0 source, 1 destination
     * @param family {@code NFPROTO_IPV4} or {@code NFPROTO_IPV6}
     * @param addressMinimum a register; 0 where the address stays. The maximum is 0 or the same register for a single address
     * @param portMinimum a register; 0 where the port stays
     */
    record Nat(
            int type, int family, int addressMinimum, int addressMaximum, int portMinimum, int portMaximum, int flags)
            implements Translation {
        public static final int SOURCE = 0;
        public static final int DESTINATION = 1;

        private static final Key<Integer> TYPE = Key.bigEndian32(1, "NFTA_NAT_TYPE");
        private static final Key<Integer> FAMILY = Key.bigEndian32(2, "NFTA_NAT_FAMILY");
        private static final Key<Integer> ADDRESS_MINIMUM = Key.bigEndian32(3, "NFTA_NAT_REG_ADDR_MIN");
        private static final Key<Integer> ADDRESS_MAXIMUM = Key.bigEndian32(4, "NFTA_NAT_REG_ADDR_MAX");
        private static final Key<Integer> PORT_MINIMUM = Key.bigEndian32(5, "NFTA_NAT_REG_PROTO_MIN");
        private static final Key<Integer> PORT_MAXIMUM = Key.bigEndian32(6, "NFTA_NAT_REG_PROTO_MAX");
        private static final Key<Integer> FLAGS = Key.bigEndian32(7, "NFTA_NAT_FLAGS");

        static Nat decode(Attributes in) {
            return new Nat(
                    number(in, TYPE),
                    number(in, FAMILY),
                    number(in, ADDRESS_MINIMUM),
                    number(in, ADDRESS_MAXIMUM),
                    number(in, PORT_MINIMUM),
                    number(in, PORT_MAXIMUM),
                    number(in, FLAGS));
        }

        @Override
        public String name() {
            return "nat";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(TYPE, type)
                    .put(FAMILY, family)
                    .nonZero(ADDRESS_MINIMUM, addressMinimum)
                    .nonZero(ADDRESS_MAXIMUM, addressMaximum)
                    .nonZero(PORT_MINIMUM, portMinimum)
                    .nonZero(PORT_MAXIMUM, portMaximum)
                    .nonZero(FLAGS, flags)
                    .done();
        }
    }

    /** Source becomes the address of the interface that the packet leaves by. The registers hold ports; 0 for none. */
    record Masquerade(int flags, int portMinimum, int portMaximum) implements Translation {
        private static final Key<Integer> FLAGS = Key.bigEndian32(1, "NFTA_MASQ_FLAGS");
        private static final Key<Integer> PORT_MINIMUM = Key.bigEndian32(2, "NFTA_MASQ_REG_PROTO_MIN");
        private static final Key<Integer> PORT_MAXIMUM = Key.bigEndian32(3, "NFTA_MASQ_REG_PROTO_MAX");

        static Masquerade decode(Attributes in) {
            return new Masquerade(number(in, FLAGS), number(in, PORT_MINIMUM), number(in, PORT_MAXIMUM));
        }

        @Override
        public String name() {
            return "masq";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .nonZero(FLAGS, flags)
                    .nonZero(PORT_MINIMUM, portMinimum)
                    .nonZero(PORT_MAXIMUM, portMaximum)
                    .done();
        }
    }

    /** Destination becomes this host. The registers hold ports; 0 for none. */
    record Redirect(int portMinimum, int portMaximum, int flags) implements Translation {
        private static final Key<Integer> PORT_MINIMUM = Key.bigEndian32(1, "NFTA_REDIR_REG_PROTO_MIN");
        private static final Key<Integer> PORT_MAXIMUM = Key.bigEndian32(2, "NFTA_REDIR_REG_PROTO_MAX");
        private static final Key<Integer> FLAGS = Key.bigEndian32(3, "NFTA_REDIR_FLAGS");

        static Redirect decode(Attributes in) {
            return new Redirect(number(in, PORT_MINIMUM), number(in, PORT_MAXIMUM), number(in, FLAGS));
        }

        @Override
        public String name() {
            return "redir";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .nonZero(PORT_MINIMUM, portMinimum)
                    .nonZero(PORT_MAXIMUM, portMaximum)
                    .nonZero(FLAGS, flags)
                    .done();
        }
    }

    /** Gives the packet to a local socket, whatever address it is for. */
    record TransparentProxy(int family, int address, int port) implements Translation {
        private static final Key<Integer> FAMILY = Key.bigEndian32(1, "NFTA_TPROXY_FAMILY");
        private static final Key<Integer> ADDRESS = Key.bigEndian32(2, "NFTA_TPROXY_REG_ADDR");
        private static final Key<Integer> PORT = Key.bigEndian32(3, "NFTA_TPROXY_REG_PORT");

        static TransparentProxy decode(Attributes in) {
            return new TransparentProxy(number(in, FAMILY), number(in, ADDRESS), number(in, PORT));
        }

        @Override
        public String name() {
            return "tproxy";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(FAMILY, family)
                    .nonZero(ADDRESS, address)
                    .nonZero(PORT, port)
                    .done();
        }
    }

    /** Answers TCP's first segment in the server's place. */
    record SynProxy(int maximumSegment, int windowScale, int flags) implements Translation {
        private static final Key<Integer> MAXIMUM_SEGMENT = Key.bigEndian16(1, "NFTA_SYNPROXY_MSS");
        private static final Key<Integer> WINDOW_SCALE = Key.u8(2, "NFTA_SYNPROXY_WSCALE");
        private static final Key<Integer> FLAGS = Key.bigEndian32(3, "NFTA_SYNPROXY_FLAGS");

        static SynProxy decode(Attributes in) {
            return new SynProxy(number(in, MAXIMUM_SEGMENT), number(in, WINDOW_SCALE), number(in, FLAGS));
        }

        @Override
        public String name() {
            return "synproxy";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .put(MAXIMUM_SEGMENT, maximumSegment)
                    .put(WINDOW_SCALE, windowScale)
                    .put(FLAGS, flags)
                    .done();
        }
    }

    /** Sends a copy elsewhere; registers, 0 for none. */
    record Duplicate(int address, int device) implements Translation {
        private static final Key<Integer> ADDRESS = Key.bigEndian32(1, "NFTA_DUP_SREG_ADDR");
        private static final Key<Integer> DEVICE = Key.bigEndian32(2, "NFTA_DUP_SREG_DEV");

        static Duplicate decode(Attributes in) {
            return new Duplicate(number(in, ADDRESS), number(in, DEVICE));
        }

        @Override
        public String name() {
            return "dup";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .nonZero(ADDRESS, address)
                    .nonZero(DEVICE, device)
                    .done();
        }
    }

    /** Sends the packet out of another device, at a device's own hook; registers, 0 for none. */
    record Forward(int device, int address, int family) implements Translation {
        private static final Key<Integer> DEVICE = Key.bigEndian32(1, "NFTA_FWD_SREG_DEV");
        private static final Key<Integer> ADDRESS = Key.bigEndian32(2, "NFTA_FWD_SREG_ADDR");
        private static final Key<Integer> FAMILY = Key.bigEndian32(3, "NFTA_FWD_NFPROTO");

        static Forward decode(Attributes in) {
            return new Forward(number(in, DEVICE), number(in, ADDRESS), number(in, FAMILY));
        }

        @Override
        public String name() {
            return "fwd";
        }

        @Override
        public Attributes attributes() {
            return new Fields()
                    .nonZero(DEVICE, device)
                    .nonZero(ADDRESS, address)
                    .nonZero(FAMILY, family)
                    .done();
        }
    }
}
