package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Prefix;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Extension;
import dev.lasthop.netlink.nftables.Translation;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.topology.NamespaceState;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Rules that translate sources, and what they say they are for. */
final class SourceRules {
    private static final Pattern SOURCE = Pattern.compile("ip6? saddr (!= )?([0-9a-f.:]+(?:/[0-9]+)?)");
    private static final Pattern OUTPUT = Pattern.compile("oif(?:name)? (!= )?\"?([A-Za-z0-9_.@-]+)\"?");

    private SourceRules() {}

    /** Whether it translates sources. */
    static boolean translates(FirewallRule rule) {
        return rule.expressions().stream().anyMatch(SourceRules::translates);
    }

    private static boolean translates(Expression step) {
        return step instanceof Translation.Masquerade
                || step instanceof Translation.Nat nat && nat.type() == Translation.Nat.SOURCE
                || step instanceof Extension.Target target
                        && (target.extension().equals("MASQUERADE")
                                || target.extension().equals("SNAT"));
    }

    /**
     * The rule that was plainly meant for this network or this way out, and misses: it names an interface that is gone, or a network
     * that nobody has any more, and agrees in the rest.
     */
    static Optional<FirewallRule> miss(Unreturned lost) {
        return all(lost.router()).filter(rule -> misses(lost, rule.text())).findFirst();
    }

    private static Stream<FirewallRule> all(NamespaceState state) {
        return state.firewall().tables().stream()
                .flatMap(table -> table.chains().stream())
                .flatMap(chain -> chain.rules().stream())
                .filter(SourceRules::translates);
    }

    private static boolean misses(Unreturned lost, String text) {
        Matcher source = SOURCE.matcher(text);
        Matcher output = OUTPUT.matcher(text);
        Optional<Prefix> from =
                source.find() && source.group(1) == null ? Prefix.tryParse(whole(source.group(2))) : Optional.empty();
        boolean namesOutput = output.find() && output.group(1) == null;
        boolean gone = namesOutput && lost.router().link(output.group(2)).isEmpty();
        boolean right = !namesOutput || output.group(2).equals(lost.out().linkName());
        if (from.isEmpty()) {
            return gone;
        }
        if (from.get().family() != lost.source().family()) {
            return false;
        }
        boolean meant = from.get().contains(lost.source());
        boolean deserted = lost.router().addresses().stream()
                .noneMatch(address -> address.prefix().family() == from.get().family()
                        && address.prefix().network().overlaps(from.get()));
        return meant && gone || deserted && !meant && (right || gone);
    }

    private static String whole(String text) {
        return text.contains("/") ? text : text + (text.contains(":") ? "/128" : "/32");
    }
}
