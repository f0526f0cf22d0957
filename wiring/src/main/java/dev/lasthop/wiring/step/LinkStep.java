package dev.lasthop.wiring.step;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Changes of network interfaces. */
public sealed interface LinkStep extends Step {
    /** The interface's name before the change. */
    String name();

    static LinkStep up(Place place, String name) {
        return new Flag(place, name, LinkFlag.UP, true);
    }

    static LinkStep down(Place place, String name) {
        return new Flag(place, name, LinkFlag.UP, false);
    }

    /** What would be lost if a link went: the steps that put back its addresses, and the routes over it. */
    static List<Step> hanging(Site site, String name) {
        return LinkMemory.hanging(site, name);
    }

    @Override
    default List<String> commands() {
        return List.of(LinkWords.command(this));
    }

    @Override
    default List<Step> undo(Places places) {
        return LinkMemory.undo(this, places);
    }

    @Override
    default void apply(Places places) {
        Links.apply(this, places);
    }

    /** One end of a veth pair. */
    record End(Place place, String name, Optional<MacAddress> mac, OptionalInt mtu) {
        public End(Place place, String name) {
            this(place, name, Optional.empty(), OptionalInt.empty());
        }
    }

    /** A veth pair, each end in its namespace, both down. */
    record CreateVeth(End end, End peer) implements LinkStep {
        @Override
        public Place place() {
            return end.place();
        }

        @Override
        public String name() {
            return end.name();
        }
    }

    /** A virtual interface of one of the other kinds, down. */
    record Create(Place place, String name, Kind kind, Optional<MacAddress> mac, OptionalInt mtu) implements LinkStep {
        public Create(Place place, String name, Kind kind) {
            this(place, name, kind, Optional.empty(), OptionalInt.empty());
        }
    }

    /**
     * A virtual interface that shares {@code kind}'s parent in {@code place}, made in its own namespace at once, down: so that nobody in
     * {@code place} sees it come and go.
     */
    record CreateInside(Place place, Kind kind, End end) implements LinkStep {
        @Override
        public String name() {
            return end.name();
        }
    }

    /** Deletes an interface; of a veth pair, both. The undo restores what can be: a veth's peer elsewhere cannot. */
    record Delete(Place place, String name) implements LinkStep {}

    /** Moves an interface to another namespace, under a new name there. It arrives down and without addresses. */
    record Move(Place place, String name, Place to, String newName) implements LinkStep {}

    /** Renames an interface. */
    record Rename(Place place, String name, String newName) implements LinkStep {}

    /** Sets or clears a flag of an interface. */
    record Flag(Place place, String name, LinkFlag flag, boolean on) implements LinkStep {}

    /** Sets the MTU, in bytes. */
    record Mtu(Place place, String name, int mtu) implements LinkStep {}

    /** Sets the link-layer address. */
    record Mac(Place place, String name, MacAddress mac) implements LinkStep {}

    /** Puts the interface into a group, by whose number the firewall knows it; 0 is everybody's. */
    record Group(Place place, String name, int number) implements LinkStep {}

    /** Makes the interface a port of a bridge (or other master), or of none. */
    record Master(Place place, String name, Optional<String> master) implements LinkStep {}

    /** Sets an option of a bridge's port. */
    record PortOption(Place place, String name, BridgePortOption option, int value) implements LinkStep {}

    /** Sets an option of a bridge. */
    record BridgeOption(Place place, String name, BridgeSetting option, int value) implements LinkStep {}

    /**
     * VLANs that a bridge's port takes part in. Only on a bridge with {@link BridgeSetting#VLAN_FILTERING}.
     *
     * @param first and {@code last}: 1 to 4094, both belong to it
     * @param untagged what goes out by this port loses the tag
     * @param pvid what comes in by this port without a tag belongs to it; of one VLAN only
     * @param self of the bridge itself rather than of its port {@code name}
     */
    record Vlans(int first, int last, boolean untagged, boolean pvid, boolean self) {
        public Vlans {
            if (first < 1 || last < first || last > 4094 || pvid && first != last) {
                throw new IllegalArgumentException("not VLANs of a port: " + first + "-" + last);
            }
        }

        /** One VLAN that the port's own end knows nothing of: tags are put on and taken off here. */
        public static Vlans access(int id) {
            return new Vlans(id, id, true, true, false);
        }

        /** VLANs that pass with their tags. */
        public static Vlans tagged(int first, int last) {
            return new Vlans(first, last, false, false, false);
        }

        String words() {
            Words words = Words.of("vid").add(first == last ? Integer.toString(first) : first + "-" + last);
            return words.addIf(pvid, "pvid")
                    .addIf(untagged, "untagged")
                    .addIf(self, "self")
                    .toString();
        }
    }

    /** Gives a bridge's port VLANs. */
    record AddVlans(Place place, String name, Vlans vlans) implements LinkStep {}

    /** Takes VLANs from a bridge's port. */
    record DeleteVlans(Place place, String name, Vlans vlans) implements LinkStep {}

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

        /** 1: ports keep to the VLANs that they are given. Not every kernel can. */
        VLAN_FILTERING(7, 1),
        MCAST_SNOOPING(23, 1),
        MCAST_QUERIER(25, 1),

        /** The VLAN that a new port is given; 0 for none. */
        VLAN_DEFAULT_PVID(39, 2);

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
        default String options() {
            return "";
        }

        /** The interface whose frames it shares, {@code IFLA_LINK}. */
        default Optional<String> shares() {
            return Optional.empty();
        }
    }

    /** Without spanning tree, multicast snooping on: as the kernel makes it. */
    record Bridge() implements Kind {
        @Override
        public String kernelName() {
            return "bridge";
        }
    }

    /** An interface that leads nowhere: stands for an uplink that nobody answers on. */
    record Ifb() implements Kind {
        @Override
        public String kernelName() {
            return "ifb";
        }
    }

    /** What shares the frames of another interface, in a mode. */
    sealed interface Sharing extends Kind {
        /** The interface of the same namespace that it shares. */
        String parent();

        Enum<?> mode();

        @Override
        default Optional<String> shares() {
            return Optional.of(parent());
        }

        @Override
        default String options() {
            return " mode " + lower(mode().name());
        }
    }

    /** @param parent the interface of the same namespace that it shares */
    record Macvlan(String parent, MacvlanMode mode) implements Sharing {
        @Override
        public String kernelName() {
            return "macvlan";
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

    /** @param parent the interface of the same namespace that it shares, its MAC address too */
    record Ipvlan(String parent, IpvlanMode mode) implements Sharing {
        @Override
        public String kernelName() {
            return "ipvlan";
        }
    }

    /** {@code IPVLAN_MODE_*}, include/uapi/linux/if_link.h. */
    enum IpvlanMode {
        L2(0),
        L3(1),
        L3S(2);

        private final int number;

        IpvlanMode(int number) {
            this.number = number;
        }

        public int number() {
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
            boolean learning,
            Encapsulation outer)
            implements Kind {
        /** With the outer packets as the kernel chooses. */
        public Vxlan(
                int vni,
                Optional<IpAddress> local,
                Optional<IpAddress> remote,
                int port,
                Optional<String> underlay,
                boolean learning) {
            this(vni, local, remote, port, underlay, learning, Encapsulation.USUAL);
        }

        @Override
        public String kernelName() {
            return "vxlan";
        }

        @Override
        public String options() {
            Words words = Words.of("")
                    .add("id", vni)
                    .addIf("local", local)
                    .addIf("remote", remote)
                    .add("dstport", port)
                    .addIf("dev", underlay)
                    .addIf(!learning, "nolearning");
            return outer.words(words).toString();
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
