package dev.lasthop.wiring.step;

import dev.lasthop.address.IpAddress;
import java.util.Locale;
import java.util.Optional;

/** What {@link LinkStep}s are told in: kinds of interfaces, flags and options, with their numbers and their words. */
public sealed interface LinkTerms permits LinkStep {
    /** {@code IFF_*} flags that can be set. */
    enum LinkFlag {
        UP(0x1, "up", "down"),
        NO_ARP(0x80, "arp off", "arp on"),
        PROMISCUOUS(0x100, "promisc on", "promisc off"),
        ALL_MULTICAST(0x200, "allmulticast on", "allmulticast off"),
        MULTICAST(0x1000, "multicast on", "multicast off");

        private final int bit;
        private final String on;
        private final String off;

        LinkFlag(int bit, String on, String off) {
            this.bit = bit;
            this.on = on;
            this.off = off;
        }

        int bit() {
            return bit;
        }

        String words(boolean set) {
            return set ? on : off;
        }
    }

    /** {@code IFLA_BRPORT_*}, include/uapi/linux/if_link.h. */
    enum BridgePortOption {
        /**
         * {@code BR_STATE_*}: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking. Without a spanning tree daemon the kernel
         * sets all but 0 to 3 at once.
         */
        STATE(1, "state"),
        HAIRPIN(4, "hairpin"),
        LEARNING(8, "learning"),
        FLOOD(9, "flood"),
        ISOLATED(33, "isolated");

        private final int attribute;
        private final String word;

        BridgePortOption(int attribute, String word) {
            this.attribute = attribute;
            this.word = word;
        }

        int attribute() {
            return attribute;
        }

        String words(int value) {
            return this == STATE ? word + " " + value : word + (value == 0 ? " off" : " on");
        }
    }

    /** {@code IFLA_BR_*}, include/uapi/linux/if_link.h. */
    enum BridgeSetting {
        /** In hundredths of a second. */
        FORWARD_DELAY(1, 4),
        AGEING_TIME(4, 4),
        STP_STATE(5, 4),
        MCAST_SNOOPING(23, 1),
        MCAST_QUERIER(25, 1);

        private final int attribute;
        private final int bytes;

        BridgeSetting(int attribute, int bytes) {
            this.attribute = attribute;
            this.bytes = bytes;
        }

        int attribute() {
            return attribute;
        }

        int bytes() {
            return bytes;
        }

        String word() {
            return lower(name());
        }
    }

    /** What kind of virtual interface to create. */
    sealed interface Kind {
        /** {@code IFLA_INFO_KIND}. */
        String kernelName();

        /** The kind's own options on a command line; empty, or with a blank before. */
        String options();
    }

    /** Without spanning tree, multicast snooping on: as the kernel makes it. */
    record Bridge() implements Kind {
        @Override
        public String kernelName() {
            return "bridge";
        }

        @Override
        public String options() {
            return "";
        }
    }

    /** An interface that leads nowhere: stands for an uplink that nobody answers on. */
    record Ifb() implements Kind {
        @Override
        public String kernelName() {
            return "ifb";
        }

        @Override
        public String options() {
            return "";
        }
    }

    /** @param parent the interface of the same namespace that it shares */
    record Macvlan(String parent, MacvlanMode mode) implements Kind {
        @Override
        public String kernelName() {
            return "macvlan";
        }

        @Override
        public String options() {
            return " mode " + lower(mode.name());
        }
    }

    /** {@code MACVLAN_MODE_*}. */
    enum MacvlanMode {
        PRIVATE(1),
        VEPA(2),
        BRIDGE(4),
        PASSTHRU(8);

        private final int number;

        MacvlanMode(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** @param port the UDP port; IANA's is 4789 */
    record Vxlan(
            int vni,
            Optional<IpAddress> local,
            Optional<IpAddress> remote,
            int port,
            Optional<String> underlay,
            boolean learning)
            implements Kind {
        @Override
        public String kernelName() {
            return "vxlan";
        }

        @Override
        public String options() {
            return Words.of("")
                    .add("id", vni)
                    .addIf("local", local)
                    .addIf("remote", remote)
                    .add("dstport", port)
                    .addIf("dev", underlay)
                    .addIf(!learning, "nolearning")
                    .toString();
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
