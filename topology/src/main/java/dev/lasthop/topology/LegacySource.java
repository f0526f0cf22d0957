package dev.lasthop.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.Family;
import dev.lasthop.linux.Fd;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.MalformedMessageException;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.Load;
import dev.lasthop.netlink.nftables.RuleData.Verdict;
import dev.lasthop.netlink.xtables.XtRule;
import dev.lasthop.netlink.xtables.XtTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables that {@code iptables-legacy} edits, in the same terms as nf_tables' own. */
final class LegacySource {
    private static final String PREFIX = "xtables/";
    private static final int INFO = 84;

    private LegacySource() {}

    /** Records those tables that are in use: asking for another one would bring it into use. */
    static void record(SourceSink sink) {
        for (Family family : Family.values()) {
            List<String> names = names(family);
            if (names.isEmpty()) {
                continue;
            }
            sink.attempt(PREFIX + word(family), () -> {
                try (Fd socket = XtTable.open(family)) {
                    for (String name : names) {
                        XtTable table = XtTable.read(socket, family, name);
                        sink.put(PREFIX + word(family) + "/" + name, together(table));
                    }
                }
            });
        }
    }

    private static Bytes together(XtTable table) {
        return Bytes.write(
                table.info().size() + table.rules().size(),
                out -> out.put(table.info().read()).put(table.rules().read()));
    }

    private static String word(Family family) {
        return family == Family.IPV4 ? "ip" : "ip6";
    }

    private static List<String> names(Family family) {
        try {
            String all = Files.readString(Path.of("/proc/thread-self/net/" + word(family) + "_tables_names"), UTF_8);
            return all.lines()
                    .filter(name -> name.matches("[a-z]{1,31}"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // no such tables in this kernel, or none in use
        }
    }

    static List<FirewallTable> read(Recording recording) {
        var tables = new ArrayList<FirewallTable>();
        recording.sources().forEach((source, bytes) -> {
            for (Family family : Family.values()) {
                if (source.startsWith(PREFIX + word(family) + "/")) {
                    tables.add(table(apart(family, bytes)));
                }
            }
        });
        return tables;
    }

    private static XtTable apart(Family family, Bytes bytes) {
        ByteBuffer in = bytes.read();
        if (in.remaining() < INFO) {
            throw new MalformedMessageException("table cut short: %d bytes".formatted(in.remaining()));
        }
        Bytes info = Bytes.take(in, INFO);
        return new XtTable(family, info, Bytes.take(in, in.remaining()));
    }

    private static FirewallTable table(XtTable table) {
        List<XtRule> all = table.all();
        Map<Integer, String> names = chainNames(table, all);
        var text = new RuleText(word(table.family()), List.of());
        var chains = new ArrayList<FirewallChain>();
        List<XtRule> open = new ArrayList<>();
        String name = "";
        for (XtRule rule : all) {
            if (names.containsKey(rule.offset()) || rule.isMark()) {
                close(table, name, open, names, text, chains);
                open = new ArrayList<>();
                name = rule.isMark() ? "" : names.getOrDefault(rule.offset(), "");
            }
            if (!rule.isMark()) {
                open.add(rule);
            }
        }
        close(table, name, open, names, text, chains);
        return new FirewallTable(
                FirewallTable.Generation.LEGACY, word(table.family()), table.name(), 0, 0, "", chains, List.of());
    }

    /** Chains by the offset of their first rule. */
    private static Map<Integer, String> chainNames(XtTable table, List<XtRule> all) {
        var names = new HashMap<Integer, String>();
        for (int hook = 0; hook < XtTable.HOOKS.size(); hook++) {
            if (table.isCalledAt(hook)) {
                names.put(table.start(hook), XtTable.HOOKS.get(hook));
            }
        }
        for (XtRule rule : all) {
            if (rule.isMark()) {
                names.put(rule.offset() + rule.size(), rule.chainName());
            }
        }
        return names;
    }

    /** A chain's last rule is its policy, or, in a chain that others jump to, the way back. */
    private static void close(
            XtTable table,
            String name,
            List<XtRule> rules,
            Map<Integer, String> names,
            RuleText text,
            List<FirewallChain> chains) {
        if (name.isEmpty() || rules.isEmpty()) {
            return;
        }
        XtRule last = rules.getLast();
        int hook = XtTable.HOOKS.indexOf(name);
        boolean isBase = hook >= 0
                && table.isCalledAt(hook)
                && table.start(hook) == rules.getFirst().offset();
        var inIt = new ArrayList<FirewallRule>();
        for (int i = 0; i < rules.size() - 1; i++) {
            List<Expression> expressions = expressions(rules.get(i), names);
            inIt.add(new FirewallRule(i + 1L, expressions, RuleText.comment(expressions), text.of(expressions, "")));
        }
        Optional<FirewallChain.Entry> entry = isBase
                ? Optional.of(new FirewallChain.Entry(
                        XtTable.HOOKS.get(hook).toLowerCase(java.util.Locale.ROOT),
                        priority(table.name(), hook),
                        table.name().equals("nat") ? "nat" : "filter",
                        last.verdict().orElse(XtRule.ACCEPT) == XtRule.ACCEPT,
                        List.of()))
                : Optional.empty();
        chains.add(new FirewallChain(name, 0, entry, "", inIt));
    }

    private static List<Expression> expressions(XtRule rule, Map<Integer, String> names) {
        var expressions = new ArrayList<>(rule.checks());
        if (rule.verdict().isEmpty()) {
            expressions.add(rule.target());
            return expressions;
        }
        int verdict = rule.verdict().getAsInt();
        switch (verdict) {
            case XtRule.ACCEPT -> expressions.add(Load.Immediate.verdict(Verdict.ACCEPT));
            case XtRule.DROP -> expressions.add(Load.Immediate.verdict(Verdict.DROP));
            case XtRule.RETURN -> expressions.add(Load.Immediate.verdict(Verdict.RETURN));
            case XtRule.QUEUE -> expressions.add(Load.Immediate.verdict(new Verdict(Verdict.QUEUE_CODE, "")));
            default -> {
                String chain = names.getOrDefault(verdict, "");
                if (verdict != rule.offset() + rule.size()
                        && !chain.isEmpty()) { // otherwise it goes on with the next rule
                    expressions.add(Load.Immediate.verdict(rule.isGoto() ? Verdict.goTo(chain) : Verdict.jump(chain)));
                }
            }
        }
        return expressions;
    }

    /** {@code enum nf_ip_hook_priorities}. */
    private static int priority(String table, int hook) {
        return switch (table) {
            case "raw" -> -300;
            case "mangle" -> -150;
            case "nat" -> hook == 0 || hook == 3 ? -100 : 100;
            case "security" -> 50;
            default -> 0;
        };
    }
}
