package dev.lasthop.wiring.step;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import java.util.List;

/** Changes of the neighbour (ARP, ND) table. */
public sealed interface NeighborStep extends Step {
    String link();

    IpAddress address();

    /** What {@code ip} is told. */
    String words();

    @Override
    default List<String> commands() {
        return List.of(place().ip(words()));
    }

    /** A permanent entry, in place of any other. */
    record Add(Place place, String link, IpAddress address, MacAddress mac) implements NeighborStep {
        @Override
        public String words() {
            return Words.of("neigh replace")
                    .add(address)
                    .add("lladdr", mac)
                    .add("dev", link)
                    .add("nud", "permanent")
                    .toString();
        }

        @Override
        public List<Step> undo(Places places) {
            List<Step> before = Neighbors.permanent(places.at(place), link, address);
            return before.isEmpty() ? List.of(new Delete(place, link, address)) : before;
        }

        @Override
        public void apply(Places places) {
            Neighbors.add(places, this);
        }
    }

    /** Forgets an entry; the kernel asks anew when it is needed. Only a permanent entry needs an undo. */
    record Delete(Place place, String link, IpAddress address) implements NeighborStep {
        @Override
        public String words() {
            return Words.of("neigh del").add(address).add("dev", link).toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return Neighbors.permanent(places.at(place), link, address);
        }

        @Override
        public void apply(Places places) {
            Neighbors.delete(places, this);
        }
    }

    /** Answers on {@code link} for an address that is somewhere else. */
    record AddProxy(Place place, String link, IpAddress address) implements NeighborStep {
        @Override
        public String words() {
            return Words.of("neigh add proxy").add(address).add("dev", link).toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of(new DeleteProxy(place, link, address));
        }

        @Override
        public void apply(Places places) {
            Neighbors.addProxy(places, this);
        }
    }

    /** Takes {@link AddProxy} back. */
    record DeleteProxy(Place place, String link, IpAddress address) implements NeighborStep {
        @Override
        public String words() {
            return Words.of("neigh del proxy").add(address).add("dev", link).toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return List.of(new AddProxy(place, link, address));
        }

        @Override
        public void apply(Places places) {
            Neighbors.deleteProxy(places, this);
        }
    }
}
