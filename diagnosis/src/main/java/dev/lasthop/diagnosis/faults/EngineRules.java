package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.path.PacketState;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The bridge of a container engine whose containers live on it, and what is left of the rules that the engine makes for it. An engine
 * puts its own at every hook that it uses in one go; where none of them is left, somebody flushed them.
 *
 * @param engine {@code docker}, {@code podman}, {@code cni}
 */
record EngineRules(NamespaceState host, Link bridge, String engine) {
    private static final Set<String> ENGINES = Set.of("docker", "podman", "cni");

    /** The engine's bridge that a packet crosses in this namespace. */
    static Optional<EngineRules> of(NamespaceState host, PacketState packet) {
        return Stream.of(packet.in(), packet.out())
                .filter(index -> !index.isNone())
                .flatMap(index -> host.link(index).stream())
                .flatMap(link -> of(host, link).stream())
                .findFirst();
    }

    /** The engine's bridge that has this network. */
    static Optional<EngineRules> of(NamespaceState host, Prefix network) {
        return host.addresses().stream()
                .filter(address -> address.prefix().network().equals(network))
                .flatMap(address -> host.link(address.link()).stream())
                .flatMap(link -> of(host, link).stream())
                .findFirst();
    }

    /** By chains that have an engine's names: a flush empties them, and leaves them there. */
    private static Optional<EngineRules> of(NamespaceState host, Link link) {
        if (!link.kind().equals("bridge") || host.ports(link).isEmpty()) {
            return Optional.empty();
        }
        return host.firewall().tables().stream()
                .flatMap(EngineRules::engines)
                .findFirst()
                .map(engine -> new EngineRules(host, link, engine));
    }

    private static Stream<String> engines(FirewallTable table) {
        return table.chains().stream()
                .filter(chain -> !chain.isBase())
                .map(chain -> table.owner(chain, Optional.empty()))
                .filter(ENGINES::contains);
    }

    /** Whether the engine's chains are there and nothing at the forward hook leads to them, or speaks of the bridge. */
    boolean hasNoForwarding(Family family) {
        return isFlushed(family, "filter", Set.of("forward"));
    }

    /** The same for address translation. */
    boolean hasNoTranslation(Family family) {
        return isFlushed(family, "nat", Set.of("prerouting", "postrouting"));
    }

    private boolean isFlushed(Family family, String type, Set<String> hooks) {
        boolean left = tables(family)
                .filter(table -> table.chains().stream().anyMatch(chain -> isCalled(chain, type, hooks)))
                .flatMap(EngineRules::engines)
                .anyMatch(engine::equals);
        return left && base(family, type, hooks).noneMatch(this::isOurs);
    }

    /** The network that the bridge has. */
    Optional<Prefix> subnet(Family family) {
        return host.addresses(bridge.index(), family).stream()
                .map(InterfaceAddress::prefix)
                .filter(prefix -> !prefix.address().isLinkLocal())
                .map(Prefix::network)
                .findFirst();
    }

    private record Placed(FirewallTable table, FirewallChain chain, FirewallRule rule) {}

    private Stream<FirewallTable> tables(Family family) {
        return host.firewall().tables().stream()
                .filter(table -> table.family().equals("inet") || table.family().equals(OwnTable.word(family)));
    }

    private static boolean isCalled(FirewallChain chain, String type, Set<String> hooks) {
        return chain.entry()
                .filter(entry -> entry.type().equals(type) && hooks.contains(entry.hook()))
                .isPresent();
    }

    private Stream<Placed> base(Family family, String type, Set<String> hooks) {
        return tables(family)
                .flatMap(table -> table.chains().stream()
                        .filter(chain -> isCalled(chain, type, hooks))
                        .flatMap(chain -> chain.rules().stream().map(rule -> new Placed(table, chain, rule))));
    }

    private boolean isOurs(Placed placed) {
        String subnet = subnet(Family.IPV4).map(Prefix::toString).orElse("-");
        String text = placed.rule().text();
        return ENGINES.contains(placed.table().owner(placed.chain(), Optional.of(placed.rule())))
                || Pattern.compile("(?<![\\w.-])" + Pattern.quote(bridge.name()) + "(?![\\w.-])")
                        .matcher(text)
                        .find()
                || text.contains(subnet)
                || subnet(Family.IPV6)
                        .filter(prefix -> text.contains(prefix.toString()))
                        .isPresent()
                || placed.rule().expressions().stream().anyMatch(step -> leadsToEngine(placed.table(), step));
    }

    private static boolean leadsToEngine(FirewallTable table, Expression step) {
        return step instanceof Load.Immediate immediate
                && immediate.data() instanceof RuleData.Verdict verdict
                && table.chain(verdict.chain())
                        .filter(chain -> ENGINES.contains(table.owner(chain, Optional.empty())))
                        .isPresent();
    }
}
