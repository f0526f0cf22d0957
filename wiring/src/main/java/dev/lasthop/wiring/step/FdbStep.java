package dev.lasthop.wiring.step;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.util.List;
import java.util.Optional;

/** Changes of a bridge's or a VXLAN's forwarding database. */
public sealed interface FdbStep extends Step {
    /** The bridge's port, or the VXLAN interface. */
    String link();

    MacAddress mac();

    /**
     * An entry in place of the one that there is. Of the addresses that stand for many, zero and multicast ones, a VXLAN sends to all
     * remotes that it has: there it comes in addition.
     *
     * @param remote a VXLAN's remote end; empty for a bridge's port, whose entry is static
     */
    record Add(Place place, String link, MacAddress mac, Optional<IpAddress> remote) implements FdbStep {
        boolean inAddition() {
            return remote.isPresent() && (mac.isMulticast() || mac.equals(MacAddress.ZERO));
        }

        @Override
        public List<String> commands() {
            Words words = Words.of("fdb " + (inAddition() ? "append" : "replace"))
                    .add(mac)
                    .add("dev", link);
            if (remote.isPresent()) {
                words.add("dst", remote.get()).add("self").add("permanent");
            } else {
                words.add("master").add("static");
            }
            return List.of(place.bridge(words.toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            List<Step> before =
                    remote.isPresent() && !inAddition() ? Neighbors.remote(places.at(place), link, mac) : List.of();
            if (before.contains(this)) {
                return List.of();
            }
            return before.isEmpty() ? List.of(new Delete(place, link, mac, remote)) : before;
        }

        @Override
        public void apply(Places places) {
            Neighbors.addFdb(places, this);
        }
    }

    /** Deletes an entry. What the bridge learned by itself, it will learn again. */
    record Delete(Place place, String link, MacAddress mac, Optional<IpAddress> remote) implements FdbStep {
        @Override
        public List<String> commands() {
            Words words = Words.of("fdb del").add(mac).add("dev", link).addIf("dst", remote);
            return List.of(place.bridge(
                    words.add(remote.isPresent() ? "self" : "master").toString()));
        }

        @Override
        public List<Step> undo(Places places) {
            return Neighbors.isStatic(places.at(place), this) ? List.of(new Add(place, link, mac, remote)) : List.of();
        }

        @Override
        public void apply(Places places) {
            Neighbors.deleteFdb(places, this);
        }
    }
}
