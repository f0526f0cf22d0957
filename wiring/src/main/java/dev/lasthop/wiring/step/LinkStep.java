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

        @Override
        public List<String> commands() {
            Words words = Words.of("link add").add(end.name());
            attributes(words, end).add("type", "veth").add("peer").add("name", peer.name());
            attributes(words, peer);
            if (!peer.place().equals(end.place())) {
                words.add("netns", netns(peer.place()));
            }
            return List.of(end.place().ip(words.toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            return places.at(end.place()).has(end.name()) ? List.of() : List.of(new Delete(end.place(), end.name()));
        }

        @Override
        public void apply(Places places) {
            Links.createVeth(places, this);
        }

        private static Words attributes(Words words, End end) {
            return words.addIf("address", end.mac()).addIf("mtu", end.mtu());
        }
    }

    /** A virtual interface of one of the other kinds, down. */
    record Create(Place place, String name, Kind kind, Optional<MacAddress> mac, OptionalInt mtu) implements LinkStep {
        public Create(Place place, String name, Kind kind) {
            this(place, name, kind, Optional.empty(), OptionalInt.empty());
        }

        @Override
        public List<String> commands() {
            Words words = Words.of("link add");
            if (kind instanceof Macvlan macvlan) {
                words.add("link", macvlan.parent());
            }
            words.add("name", name).addIf("address", mac).addIf("mtu", mtu).add("type", kind.kernelName());
            return List.of(place.ip(words + kind.options()));
        }

        @Override
        public List<Step> undo(Places places) {
            return places.at(place).has(name) ? List.of() : List.of(new Delete(place, name));
        }

        @Override
        public void apply(Places places) {
            Links.create(places, this);
        }
    }

    /** Deletes an interface; of a veth pair, both. The undo restores what can be: a veth's peer elsewhere cannot. */
    record Delete(Place place, String name) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip(Words.of("link del").add(name).toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            return LinkMemory.ofLink(places.at(place), name);
        }

        @Override
        public void apply(Places places) {
            Links.delete(places, this);
        }
    }

    /** Moves an interface to another namespace, under a new name there. It arrives down and without addresses. */
    record Move(Place place, String name, Place to, String newName) implements LinkStep {
        @Override
        public List<String> commands() {
            Words words = Words.of("link set").add(name).add("netns", netns(to));
            if (!newName.equals(name)) {
                words.add("name", newName);
            }
            return List.of(place.ip(words.toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            List<Step> hanging = LinkMemory.hanging(places.at(place), name);
            return LinkMemory.join(List.of(new Move(to, newName, place, name)), hanging);
        }

        @Override
        public void apply(Places places) {
            Links.move(places, this);
        }
    }

    /** Renames an interface. */
    record Rename(Place place, String name, String newName) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(
                    place.ip(Words.of("link set").add(name).add("name", newName).toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of(new Rename(place, newName, name));
        }

        @Override
        public void apply(Places places) {
            Links.rename(places, this);
        }
    }

    /** Sets or clears a flag of an interface. */
    record Flag(Place place, String name, LinkFlag flag, boolean on) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip("link set " + Words.quote(name) + " " + flag.words(on)));
        }

        @Override
        public List<Step> undo(Places places) {
            Site site = places.at(place);
            if (Links.hasFlag(site, name, flag) == on) {
                return List.of();
            }
            Step back = new Flag(place, name, flag, !on);
            boolean loses = flag == LinkFlag.UP && !on;
            return loses ? LinkMemory.join(List.of(back), LinkMemory.hanging(site, name)) : List.of(back);
        }

        @Override
        public void apply(Places places) {
            Links.flag(places, this);
        }
    }

    /** Sets the MTU, in bytes. */
    record Mtu(Place place, String name, int mtu) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip("link set " + Words.quote(name) + " mtu " + mtu));
        }

        @Override
        public List<Step> undo(Places places) {
            Site site = places.at(place);
            int before = Links.mtu(site, name);
            if (before == mtu) {
                return List.of();
            }
            boolean losesIpv6 = mtu < 1280 && before >= 1280; // RFC 8200: IPv6 needs 1280, so the kernel takes it away
            Step back = new Mtu(place, name, before);
            return losesIpv6 ? LinkMemory.join(List.of(back), LinkMemory.hanging(site, name)) : List.of(back);
        }

        @Override
        public void apply(Places places) {
            Links.mtu(places, this);
        }
    }

    /** Sets the link-layer address. */
    record Mac(Place place, String name, MacAddress mac) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip("link set " + Words.quote(name) + " address " + mac));
        }

        @Override
        public List<Step> undo(Places places) {
            return Links.mac(places.at(place), name).stream()
                    .<Step>map(before -> new Mac(place, name, before))
                    .toList();
        }

        @Override
        public void apply(Places places) {
            Links.mac(places, this);
        }
    }

    /** Makes the interface a port of a bridge (or other master), or of none. */
    record Master(Place place, String name, Optional<String> master) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(place.ip("link set " + Words.quote(name)
                    + master.map(bridge -> " master " + Words.quote(bridge)).orElse(" nomaster")));
        }

        @Override
        public List<Step> undo(Places places) {
            Optional<String> before = Links.master(places.at(place), name);
            return before.equals(master) ? List.of() : List.of(new Master(place, name, before));
        }

        @Override
        public void apply(Places places) {
            Links.master(places, this);
        }
    }

    /** Sets an option of a bridge's port. */
    record PortOption(Place place, String name, BridgePortOption option, int value) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(place.bridge("link set dev " + Words.quote(name) + " " + option.words(value)));
        }

        @Override
        public List<Step> undo(Places places) {
            return Links.portOption(places.at(place), name, option).stream()
                    .filter(before -> before != value)
                    .<Step>mapToObj(before -> new PortOption(place, name, option, before))
                    .toList();
        }

        @Override
        public void apply(Places places) {
            Links.portOption(places, this);
        }
    }

    /** Sets an option of a bridge. */
    record BridgeOption(Place place, String name, BridgeSetting option, int value) implements LinkStep {
        @Override
        public List<String> commands() {
            return List.of(
                    place.ip("link set " + Words.quote(name) + " type bridge " + lower(option.name()) + " " + value));
        }

        @Override
        public List<Step> undo(Places places) {
            return Links.bridgeOption(places.at(place), name, option).stream()
                    .filter(before -> before != value)
                    .<Step>mapToObj(before -> new BridgeOption(place, name, option, before))
                    .toList();
        }

        @Override
        public void apply(Places places) {
            Links.bridgeOption(places, this);
        }
    }

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

    private static String netns(Place place) {
        return switch (place) {
            case Place.Host host -> "1";
            case Place.Named named -> named.name();
            case Place.OfProcess process -> Long.toString(process.pid());
            case Place.OfFile file -> file.path().toString();
            case Place.Live live -> live.namespace().path().toString();
        };
    }
}
