package dev.lasthop.wiring.step;

import dev.lasthop.address.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Changes of network interfaces. */
public sealed interface LinkStep extends Step, LinkTerms {
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
            return List.of(place.ip("link set " + Words.quote(name) + " type bridge " + option.word() + " " + value));
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
