package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.FieldType;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Place;
import dev.lasthop.wiring.step.Site;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Lasthop's own nf_tables table, made as {@link TableDesign} says. Its rules never change: networks ({@link NetworkElements}) and published
 * ports ({@link PortElements}) are elements of its sets and maps, so that the thousandth costs what the first does. Nobody else's table is
 * touched; and the rules that users put into chain {@link #USER_CHAIN} are theirs.
 */
final class OwnTable {
    static final String NAME = "lasthop";
    static final TableFamily FAMILY = TableFamily.INET;

    /** Asked before any of our rules accepts or drops what is forwarded; users fill it. */
    static final String USER_CHAIN = "user-forward";

    static final String FORWARD = "forward";

    private OwnTable() {}

    /** The table and all that is on record in it; of what is there of it, all rules anew. */
    static List<Step> whole(Store store, HostView host) {
        List<PublishedPort> ports = new ArrayList<>();
        List<Step> steps = new ArrayList<>(List.of(
                TableContents.table(host.site()).isPresent() ? TableDesign.renew(_ -> true) : TableDesign.create()));
        List<TableElement> elements = new ArrayList<>(declaredNetworks(store));
        List<Network> networks = store.networks();
        for (Endpoint endpoint : store.endpoints()) {
            if (endpoint.complete()) {
                store.network(endpoint.network())
                        .ifPresent(network -> elements.addAll(NetworkElements.of(endpoint, network, networks)));
                List<PublishedPort> its = store.ports().of(endpoint.id());
                elements.addAll(PortElements.all(endpoint, its));
                ports.addAll(its);
            }
        }
        steps.addAll(HelperRules.of(ports));
        steps.add(TableElement.step(elements.stream().distinct().toList(), true));
        return steps;
    }

    private static List<TableElement> declaredNetworks(Store store) {
        List<Network> networks = store.networks().stream()
                .filter(network -> network.complete() && network.plans().crossesHost())
                .toList();
        return networks.stream()
                .flatMap(network -> NetworkElements.of(network, networks).stream())
                .distinct()
                .toList();
    }

    /** What a network needs of the table. */
    static FirewallStep add(Network network, Store store) {
        return TableElement.step(elements(network, store), true);
    }

    /** Takes {@link #add(Network, Store)} back. */
    static FirewallStep remove(Network network, Store store) {
        return TableElement.step(elements(network, store), false);
    }

    /** What an endpoint needs of the table besides its network and its ports; nothing where the host has a bridge for it. */
    static List<Step> add(Endpoint endpoint, Network network, Store store) {
        return steps(elements(endpoint, network, store), true);
    }

    /** Takes {@link #add(Endpoint, Network, Store)} back. */
    static List<Step> remove(Endpoint endpoint, Network network, Store store) {
        return steps(elements(endpoint, network, store), false);
    }

    /** A bridge network's endpoints need nothing: the other networks are not read for them. */
    private static List<TableElement> elements(Endpoint endpoint, Network network, Store store) {
        return network.plans().isRouted() ? NetworkElements.of(endpoint, network, store.networks()) : List.of();
    }

    private static List<Step> steps(List<TableElement> elements, boolean add) {
        return elements.isEmpty() ? List.of() : List.of(TableElement.step(elements, add));
    }

    private static List<TableElement> elements(Network network, Store store) {
        List<Network> networks = store.networks();
        List<TableElement> elements = new ArrayList<>(NetworkElements.of(network, networks));
        networks.stream()
                .filter(other -> NetworkElements.allow(network, other))
                .filter(other -> other.plans().isRouted())
                .flatMap(other -> store.endpoints(other.name()).stream())
                .forEach(endpoint -> elements.addAll(NetworkElements.between(endpoint, network)));
        return elements;
    }

    /**
     * What is sent to a peer's containers by a host route keeps its source.
     *
     * @param outermost whether these are the network's only peers
     */
    static FirewallStep peers(Network network, Peer peer, boolean outermost, boolean add) {
        return TableElement.step(NetworkElements.peers(network, List.of(peer), outermost), add);
    }

    /** Deletes the table; what users have put into their own chain stays, and the table with it. */
    static List<Step> delete(Site host) {
        if (!TableContents.rules(host).containsKey(USER_CHAIN)) {
            return List.of(FirewallStep.deleteTable(Place.HOST, FAMILY, NAME));
        }
        var changes = new TableChanges();
        List<NftMessage> things = TableContents.things(host);
        for (NftMessage thing : things) {
            if (thing instanceof ChainMessage chain && !chain.name().equals(USER_CHAIN)) {
                changes.flush(chain.name());
            }
        }
        for (NftMessage thing : things) {
            switch (thing) {
                case ChainMessage chain
                when !chain.name().equals(USER_CHAIN) ->
                    changes.deleteThing(chain, "chain inet lasthop " + chain.name());
                case SetMessage set -> changes.deleteThing(set, "set inet lasthop " + set.name());
                case ObjectMessage object -> changes.deleteThing(object, "ct helper inet lasthop " + object.name());
                default -> {} // the users' chain
            }
        }
        return List.of(changes.step());
    }

    /** {@code "4"} or {@code "6"}: what the name of a set for one family ends with. */
    static String suffix(Family family) {
        return family == Family.IPV4 ? "4" : "6";
    }

    static FieldType type(Family family) {
        return family == Family.IPV4 ? FieldType.IPV4 : FieldType.IPV6;
    }

    /** nft's word for a family's header. */
    static String word(Family family) {
        return family == Family.IPV4 ? "ip" : "ip6";
    }
}
