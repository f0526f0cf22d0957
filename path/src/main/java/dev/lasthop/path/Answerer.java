package dev.lasthop.path;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.topology.InterfaceAddress;
import dev.lasthop.topology.Link;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Route;
import java.util.Optional;

/** Whether an interface that hears an ARP or ND question answers it: {@code arp_process()} and {@code ndisc_recv_ns()}. */
final class Answerer {
    private final Filtering filtering;

    Answerer(Filtering filtering) {
        this.filtering = filtering;
    }

    /** What comes of a question. */
    sealed interface Reaction {
        record Answers(Stage.Answer answer) implements Reaction {}

        record Silent(Obstacle.Silence silence, String detail) implements Reaction {}

        /** The question itself seems to come from the wrong side. */
        record Distrusts(Obstacle doubt) implements Reaction {}

        record NotUsable(InterfaceAddress address) implements Reaction {}

        /** It could answer for the address if it were a proxy. */
        record MayNotProxy() implements Reaction {}

        record Ignores() implements Reaction {}
    }

    Reaction react(NamespaceState namespace, Link link, Frame.Question question) {
        return question.target().family() == Family.IPV4
                ? arp(namespace, link, question)
                : discovery(namespace, link, question);
    }

    private Reaction arp(NamespaceState namespace, Link link, Frame.Question question) {
        var flow = new Flow(Protocol.ICMP, question.sender(), 0, question.target(), 0);
        var found = new Fib(namespace).lookup(FibQuery.input(flow, link.index(), 0));
        if (!(found instanceof FibResult.Found route)) {
            return new Reaction.Ignores();
        }
        boolean own = route.route().type() == Route.Type.LOCAL;
        boolean routed = route.route().type() == Route.Type.UNICAST;
        if (!own && !routed) {
            return new Reaction.Ignores();
        }
        IfIndex out = own ? IfIndex.NONE : route.nextHop().link();
        Reaction reaction =
                own ? ownAddress(namespace, link, question) : proxy(namespace, link, question.target(), out);
        if (reaction instanceof Reaction.Ignores) {
            return reaction;
        }
        if ((link.flags() & Link.NO_ARP) != 0) {
            return own ? new Reaction.Silent(Obstacle.Silence.NO_ARP_FLAG, "NOARP") : new Reaction.Ignores();
        }
        Optional<Obstacle> doubt =
                question.sender().isAny() ? Optional.empty() : SourceCheck.check(namespace, link, flow, out, 0);
        if (doubt.isPresent()) {
            return own ? new Reaction.Distrusts(doubt.get()) : new Reaction.Ignores();
        }
        var asked = Arp.question(question.sender(), question.target());
        return filtering
                .dropsArp(namespace, Filtering.Layer.IP, Hook.INPUT, link.index(), IfIndex.NONE, asked)
                .or(() -> filtering.dropsArp(
                        namespace, Filtering.Layer.IP, Hook.OUTPUT, IfIndex.NONE, link.index(), asked.answer()))
                .<Reaction>map(rule -> new Reaction.Silent(Obstacle.Silence.FILTER, rule.text()))
                .orElse(reaction);
    }

    private static Reaction ownAddress(NamespaceState namespace, Link link, Frame.Question question) {
        int ignore = SourceCheck.maximum(namespace, link, "arp_ignore");
        Optional<Prefix> here = namespace.addresses(link.index(), Family.IPV4).stream()
                .map(InterfaceAddress::prefix)
                .filter(prefix -> prefix.address().equals(question.target()))
                .findFirst();
        boolean ignores = switch (ignore) {
            case 0 -> false;
            case 1 -> here.isEmpty();
            case 2 -> here.isEmpty() || !here.get().contains(question.sender());
            default -> ignore == 8;
        };
        if (ignores) {
            return new Reaction.Silent(Obstacle.Silence.ARP_IGNORE, "arp_ignore " + ignore);
        }
        if (SourceCheck.either(namespace, link, "arp_filter")
                && new Fib(namespace).lookup(FibQuery.to(question.sender())) instanceof FibResult.Found back
                && !back.nextHop().link().equals(link.index())) {
            return new Reaction.Silent(Obstacle.Silence.ARP_FILTER_SETTING, "arp_filter 1");
        }
        return answer(namespace, link, false);
    }

    private static Reaction proxy(NamespaceState namespace, Link link, IpAddress target, IfIndex out) {
        boolean elsewhere = !out.equals(link.index());
        if (!namespace.forwards(Family.IPV4, link)) {
            return new Reaction.Ignores();
        }
        boolean single = namespace.neighbors().stream()
                .anyMatch(entry -> entry.proxy()
                        && entry.link().equals(link.index())
                        && entry.address().equals(target));
        boolean proxies = elsewhere && (SourceCheck.either(namespace, link, "proxy_arp") || single)
                || !elsewhere && namespace.sysctls().ipv4(link.name(), "proxy_arp_pvlan") != 0;
        if (proxies) {
            return answer(namespace, link, true);
        }
        return elsewhere ? new Reaction.MayNotProxy() : new Reaction.Ignores();
    }

    private static Reaction answer(NamespaceState namespace, Link link, boolean proxy) {
        return new Reaction.Answers(
                new Stage.Answer(Place.of(namespace, link), link.mac().orElse(MacAddress.ZERO), proxy));
    }

    private Reaction discovery(NamespaceState namespace, Link link, Frame.Question question) {
        Optional<InterfaceAddress> own = namespace.addresses(link.index(), Family.IPV6).stream()
                .filter(address -> address.address().equals(question.target()))
                .findFirst();
        if (own.isPresent()) {
            if (!SourceChoice.isUsable(own.get())) {
                return new Reaction.NotUsable(own.get());
            }
            if ((link.flags() & Link.NO_ARP) != 0) {
                return new Reaction.Silent(Obstacle.Silence.NO_ARP_FLAG, "NOARP");
            }
            return new Discovery(filtering, namespace, link)
                    .silences(question)
                    .<Reaction>map(by -> new Reaction.Silent(Obstacle.Silence.FILTER, Discovery.text(by)))
                    .orElseGet(() -> answer(namespace, link, false));
        }
        boolean proxied = namespace.forwards(Family.IPV6, link)
                && (namespace.sysctls().ipv6("all", "proxy_ndp") != 0
                        || namespace.sysctls().ipv6(link.name(), "proxy_ndp") != 0)
                && namespace.neighbors().stream()
                        .anyMatch(entry -> entry.proxy()
                                && entry.link().equals(link.index())
                                && entry.address().equals(question.target()));
        return proxied ? answer(namespace, link, true) : new Reaction.Ignores();
    }
}
