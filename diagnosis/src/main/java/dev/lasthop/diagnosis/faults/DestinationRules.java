package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Dossier;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.netlink.nftables.Check;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.RuleData;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.netlink.nftables.TargetSettings;
import dev.lasthop.netlink.nftables.Translation;
import dev.lasthop.path.Hook;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.Obstacle;
import dev.lasthop.path.Prediction;
import dev.lasthop.path.Stage;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.FirewallTable;
import dev.lasthop.topology.NamespaceState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Rules that translate destinations: published ports. */
final class DestinationRules {
    private static final int PORT_OFFSET_IN_RANGE = 36; // struct nf_nat_range2: flags, two addresses of 16 bytes

    private static final Set<Integer> PORTED = Set.of(Protocol.TCP.number(), Protocol.UDP.number());

    private DestinationRules() {}

    /** Where a rule leads to. Port 0: the packet's own. */
    record Target(IpAddress address, int port) {}

    /** A rule, and the table that it is in. */
    record Found(FirewallTable table, FirewallRule rule, Target target) {}

    /** The rules of a namespace that translate this port, for whatever destination address. */
    static List<Found> of(NamespaceState state, Protocol protocol, int port) {
        return Stream.concat(
                        all(state).filter(found -> names(found.rule().text(), protocol, port)),
                        state.firewall().tables().stream().flatMap(table -> mapped(table, protocol, port)))
                .toList();
    }

    /** Rules that take the target from a map, for each element that the port is a part of the key of. */
    private static Stream<Found> mapped(FirewallTable table, Protocol protocol, int port) {
        return table.chains().stream()
                .flatMap(chain -> chain.rules().stream())
                .filter(rule -> rule.expressions().stream()
                        .anyMatch(step ->
                                step instanceof Translation.Nat nat && nat.type() == Translation.Nat.DESTINATION))
                .flatMap(rule -> rule.expressions().stream()
                        .filter(step -> step instanceof Check.Lookup lookup && lookup.isMap())
                        .flatMap(step -> table.set(((Check.Lookup) step).set()).stream())
                        .flatMap(map -> map.elements().stream())
                        .filter(element -> isFor(element.key().toArray(), protocol, port))
                        .flatMap(element -> element.data().stream())
                        .flatMap(data -> target(data).stream())
                        .map(target -> new Found(table, rule, target)));
    }

    /** A key's fields begin at multiples of four bytes; one field alone has its own length. */
    private static boolean isFor(byte[] key, Protocol protocol, int port) {
        boolean found = false;
        for (int at = 0; at + 2 <= key.length; at += 4) {
            boolean padded = at + 4 > key.length || key[at + 2] == 0 && key[at + 3] == 0;
            found |= padded && ((key[at] & 0xff) << 8 | key[at + 1] & 0xff) == port;
            boolean isProtocol = at + 4 <= key.length && padded && key[at + 1] == 0 && PORTED.contains(key[at] & 0xff);
            if (isProtocol && (key[at] & 0xff) != protocol.number()) {
                return false;
            }
        }
        return found;
    }

    /** An address, and behind it a port if there is one. */
    private static Optional<Target> target(RuleData data) {
        byte[] bytes = data instanceof RuleData.Value value ? value.bytes().toArray() : new byte[0];
        int length = bytes.length >= 16 ? 16 : 4;
        if (bytes.length < length) {
            return Optional.empty();
        }
        int port = bytes.length >= length + 2 ? (bytes[length] & 0xff) << 8 | bytes[length + 1] & 0xff : 0;
        return Optional.of(new Target(IpAddress.of(Arrays.copyOf(bytes, length)), port));
    }

    /** Whether there is a chain that would publish ports on addresses of this family, whatever is in it. */
    static boolean publishes(NamespaceState state, Family family) {
        return state.firewall().tables().stream()
                .filter(table -> table.family().equals(OwnTable.word(family)))
                .flatMap(table -> table.chains().stream())
                .flatMap(chain -> chain.entry().stream())
                .anyMatch(entry -> entry.type().equals("nat") && entry.hook().equals("prerouting"));
    }

    static Stream<Found> all(NamespaceState state) {
        return state.firewall().tables().stream()
                .flatMap(table -> table.chains().stream()
                        .flatMap(chain -> chain.rules().stream())
                        .flatMap(rule -> target(rule).map(target -> new Found(table, rule, target)).stream()));
    }

    private static boolean names(String text, Protocol protocol, int port) {
        return Pattern.compile("\\b" + protocol + " dport (\\{[^}]*\\b)?" + port + "\\b")
                        .matcher(text)
                        .find()
                || Pattern.compile("\\bdport (\\{[^}]*\\b)?" + port + "\\b")
                                .matcher(text)
                                .find()
                        && text.contains(protocol.toString());
    }

    /** Empty where it translates no destination, or leads to one by a map. */
    static Optional<Target> target(FirewallRule rule) {
        for (Expression step : rule.expressions()) {
            if (step instanceof Translation.Nat nat && nat.type() == Translation.Nat.DESTINATION) {
                return address(rule, nat).map(address -> new Target(address, port(rule, nat)));
            }
            if (step instanceof Extension.Target target
                    && TargetSettings.of(target) instanceof TargetSettings.Translate to
                    && to.kind() == TargetSettings.Kind.DESTINATION) {
                return to.minimum().map(address -> new Target(address, to.firstPort()));
            }
        }
        return Optional.empty();
    }

    private static Optional<IpAddress> address(FirewallRule rule, Translation.Nat nat) {
        return value(rule, nat.addressMinimum())
                .filter(bytes -> bytes.length == 4 || bytes.length == 16)
                .map(IpAddress::of);
    }

    private static int port(FirewallRule rule, Translation.Nat nat) {
        return value(rule, nat.portMinimum())
                .filter(bytes -> bytes.length >= 2)
                .map(bytes -> (bytes[0] & 0xff) << 8 | bytes[1] & 0xff)
                .orElse(0);
    }

    private static Optional<byte[]> value(FirewallRule rule, int register) {
        return rule.expressions().stream()
                .filter(step -> step instanceof Load.Immediate load && load.register() == register)
                .map(step -> ((Load.Immediate) step).data())
                .filter(RuleData.Value.class::isInstance)
                .map(data -> ((RuleData.Value) data).bytes().toArray())
                .reduce((first, second) -> second);
    }

    /** The same steps, with another address to lead to. */
    static List<Expression> leadingTo(List<Expression> steps, IpAddress before, IpAddress after) {
        return steps.stream()
                .map(step -> switch (step) {
                    case Load.Immediate load
                    when load.data() instanceof RuleData.Value value
                            && Arrays.equals(value.bytes().toArray(), before.bytes()) ->
                        new Load.Immediate(load.register(), RuleData.Value.of(after.bytes()));
                    case Extension.Target target
                    when target.extension().equals("DNAT") ->
                        new Extension.Target(
                                target.extension(),
                                target.revision(),
                                replaced(target.settings().toArray(), before.bytes(), after.bytes()));
                    case Statement.Counter counter -> Statement.Counter.ZERO;
                    default -> step;
                })
                .toList();
    }

    private static dev.lasthop.netlink.Bytes replaced(byte[] struct, byte[] before, byte[] after) {
        int end = Math.min(struct.length, PORT_OFFSET_IN_RANGE);
        for (int at = 4; at + before.length <= end; at += 4) {
            if (Arrays.equals(struct, at, at + before.length, before, 0, before.length)) {
                System.arraycopy(after, 0, struct, at, after.length);
            }
        }
        return dev.lasthop.netlink.Bytes.of(struct);
    }

    /** The translation of the destination that was the last on the request's way, by a rule or an old connection. */
    static Optional<Stage.NatRewrite> rewrite(Dossier dossier) {
        return rewrite(dossier.prediction());
    }

    /** The rule that leads there now, also where an old connection did the translating and the rule was not asked. */
    static Optional<Decision> rule(Dossier dossier, Stage.NatRewrite rewrite) {
        return rewrite.by()
                .or(() -> rewrite(Unremembered.predict(dossier, rewrite.namespaceName()))
                        .filter(now -> now.namespaceName().equals(rewrite.namespaceName())
                                && now.after()
                                        .destination()
                                        .equals(rewrite.after().destination()))
                        .flatMap(Stage.NatRewrite::by));
    }

    private static Optional<Stage.NatRewrite> rewrite(Prediction prediction) {
        return prediction.request().elements(Stage.NatRewrite.class).stream()
                .filter(rewrite ->
                        !rewrite.reply() && (rewrite.hook() == Hook.PREROUTING || rewrite.hook() == Hook.OUTPUT))
                .filter(rewrite ->
                        !rewrite.before().destination().equals(rewrite.after().destination())
                                || rewrite.before().destinationPort()
                                        != rewrite.after().destinationPort())
                .reduce((first, second) -> second);
    }

    /**
     * Whether the port that nobody listens on is one that a node should lead into a container: nothing translated the packet, and the
     * namespace has a bridge, publishes other ports, or routes to single addresses.
     */
    static boolean isNode(Dossier dossier, Obstacle.NoListener none) {
        return dossier.stop().side() == Side.REQUEST
                && rewrite(dossier).isEmpty()
                && dossier.namespace(none.namespace())
                        .filter(DestinationRules::isNode)
                        .isPresent();
    }

    private static boolean isNode(NamespaceState state) {
        boolean bridge = state.links().stream()
                .anyMatch(link ->
                        link.kind().equals("bridge") && !state.ports(link).isEmpty());
        boolean routed = state.routes().stream()
                .filter(route ->
                        route.destination().isSingle() && route.type() == dev.lasthop.topology.Route.Type.UNICAST)
                .flatMap(route -> route.nextHops().stream())
                .anyMatch(hop -> hop.gateway().isEmpty()
                        && state.link(hop.link())
                                .filter(link -> link.kind().equals("veth"))
                                .isPresent());
        return bridge || routed || all(state).findAny().isPresent();
    }
}
