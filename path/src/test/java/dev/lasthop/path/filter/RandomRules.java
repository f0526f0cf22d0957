package dev.lasthop.path.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rule sets made by chance: small enough to match often, mixed enough to meet every kind of step. */
final class RandomRules {
    private static final List<String> HOOKS = List.of("prerouting", "input", "forward", "postrouting");

    private final Random random;
    private String hook = ""; // of the chain that is being written; empty for chains that others jump to

    RandomRules(Random random) {
        this.random = random;
    }

    String nft() {
        var text = new StringBuilder();
        for (int t = 0; t < 2; t++) {
            String family = one("ip", "inet");
            hook = "";
            text.append("table ").append(family).append(" t").append(t).append(" {\n");
            text.append("set addresses { type ipv4_addr; flags interval; elements = { 10.2.0.2, 10.9.0.0/16 }; }\n");
            text.append("set both { type ipv4_addr . inet_service; elements = { 10.2.0.2 . 53, 10.1.0.1 . 54 }; }\n");
            text.append(
                    "set ranges { type ipv4_addr . inet_service; flags interval; elements = { 10.2.0.0/24 . 50-52, 10.9.0.9 . 55 }; }\n");
            text.append(
                    "map verdicts { type inet_service : verdict; elements = { 51 : accept, 53 : jump leaf, 55 : drop }; }\n");
            text.append("map there { type inet_service : ipv4_addr; elements = { 52 : 10.2.0.3, 56 : 10.2.0.2 }; }\n");
            text.append("chain leaf {\n")
                    .append(rules(3, "return", "accept", "drop", ""))
                    .append("}\n");
            text.append("chain branch {\n")
                    .append(rules(3, "jump leaf", "goto leaf", "return", "accept", ""))
                    .append("}\n");
            for (int c = 0; c < 4; c++) {
                hook = HOOKS.get(random.nextInt(HOOKS.size()));
                int priority =
                        random.nextInt(-100, 100) * 2 + t; // never equal: their order is not to be had from a dump
                text.append("chain c")
                        .append(c)
                        .append(" { type filter hook ")
                        .append(hook)
                        .append(" priority ")
                        .append(priority * 4 + c)
                        .append("; policy ")
                        .append(one("accept", "accept", "accept", "drop"))
                        .append(";\n")
                        .append(rules(
                                4,
                                "accept",
                                "accept",
                                "drop",
                                "jump branch",
                                "goto branch",
                                "jump leaf",
                                "return",
                                "",
                                "reject",
                                "meta mark set 5"))
                        .append("}\n");
            }
            hook = "";
            text.append("chain d { type nat hook prerouting priority ")
                    .append(-100 + t)
                    .append(";\n")
                    .append("  meta l4proto udp ")
                    .append(plainMatch())
                    .append(" dnat ")
                    .append(family.equals("inet") ? "ip " : "")
                    .append("to 10.2.0.3:")
                    .append(50 + random.nextInt(5))
                    .append("\n")
                    .append("  udp dport ")
                    .append(50 + random.nextInt(8))
                    .append(" dnat ")
                    .append(family.equals("inet") ? "ip " : "")
                    .append("to udp dport map @there\n")
                    .append("  udp dport ")
                    .append(50 + random.nextInt(8))
                    .append(" redirect to :")
                    .append(50 + random.nextInt(8))
                    .append("\n}\n");
            text.append("chain s { type nat hook postrouting priority ")
                    .append(100 + t)
                    .append(";\n")
                    .append("  ")
                    .append(match())
                    .append(" ")
                    .append(one("masquerade", "accept"))
                    .append("\n}\n");
            text.append("}\n");
        }
        return text.toString();
    }

    private String rules(int most, String... verdicts) {
        var text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append("  ")
                    .append(match())
                    .append(' ')
                    .append(random.nextBoolean() ? plainMatch() + " " : "")
                    .append("counter ")
                    .append(verdict(verdicts))
                    .append('\n');
        }
        return text.toString();
    }

    /** The kernel refuses to reject, and to ask for routes, where packets leave. */
    private String match() {
        String match = anyMatch();
        while (match.contains("oif exists") && (hook.isEmpty() || hook.equals("postrouting"))
                || match.contains("vmap") && hook.isEmpty()) { // or a chain could come to itself
            match = anyMatch();
        }
        return match;
    }

    /** One that goes with any other: nft refuses two protocols in a rule. */
    private String plainMatch() {
        String match = match();
        while (match.matches(".*(icmp|tcp|udp|l4proto|@th).*")) {
            match = match();
        }
        return match;
    }

    private String verdict(String... verdicts) {
        String verdict = one(verdicts);
        return verdict.equals("reject") && !hook.equals("input") && !hook.equals("forward") ? "drop" : verdict;
    }

    private String anyMatch() {
        return one(
                "ip saddr 10.1.0.0/" + random.nextInt(20, 33),
                "ip daddr 10.2.0." + random.nextInt(1, 4),
                "ip daddr != 10.2.0.0/30",
                "ip daddr @addresses",
                "ip daddr . udp dport @both",
                "ip daddr . udp dport @ranges",
                "udp dport " + random.nextInt(50, 58),
                "udp dport " + random.nextInt(50, 54) + "-" + random.nextInt(54, 58),
                "udp dport { 50, 52, 54-56 }",
                "udp dport != { 51, 53 }",
                "udp dport vmap @verdicts",
                "udp sport > 20000",
                "tcp dport 53",
                "meta l4proto { tcp, udp }",
                "iifname \"left\"",
                "iifname \"le*\"",
                "oifname \"right\"",
                "oifname != \"right\"",
                "ct state new",
                "ct state established,related",
                "ct state invalid",
                "ct status dnat",
                "ct original ip daddr 10.2.0.0/24",
                "ct direction original",
                "fib daddr type local",
                "fib saddr . iif oif exists",
                "fib daddr oif exists",
                "meta mark 0",
                "meta mark & 0xff == 5",
                "meta mark set 5",
                "ip ttl > 1",
                "ip length 33",
                "meta length < 40",
                "meta pkttype host",
                "ip protocol udp",
                "ip6 saddr fd00::/64".replace("ip6 saddr fd00::/64", "icmp type echo-request"),
                "limit rate 1000/second",
                "ip daddr & 0.0.0.3 == 2",
                "@th,16,16 53",
                "udp length 13");
    }

    List<String> iptables() {
        var rules = new ArrayList<String>();
        rules.add("-N LEAF");
        rules.add("-N BRANCH");
        for (int i = random.nextInt(4); i > 0; i--) {
            rules.add("-A LEAF " + extension() + " -j " + one("RETURN", "ACCEPT", "DROP"));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            rules.add("-A BRANCH " + extension() + " " + one("-j LEAF", "-g LEAF", "-j RETURN", "-j ACCEPT"));
        }
        for (String chain : List.of("INPUT", "FORWARD")) {
            rules.add("-P " + chain + " " + one("ACCEPT", "ACCEPT", "DROP"));
            for (int i = random.nextInt(6); i > 0; i--) {
                rules.add("-A " + chain + " " + extension() + " "
                        + one("-j BRANCH", "-g BRANCH", "-j LEAF", "-j ACCEPT", "-j DROP", "-j REJECT", "-j LOG", ""));
            }
        }
        rules.add("-t mangle -A PREROUTING " + extension() + " -j MARK --set-xmark 0x5/0xf");
        rules.add("-t raw -A PREROUTING " + extension() + " -p udp --dport " + random.nextInt(50, 80) + " -j "
                + one("CT --notrack", "RETURN"));
        rules.add("-t nat -A PREROUTING " + extension() + " -p udp --dport " + random.nextInt(50, 58)
                + " -j DNAT --to-destination 10.2.0.3:" + random.nextInt(50, 58));
        rules.add("-t nat -A PREROUTING -p udp --dport " + random.nextInt(50, 58) + " -j REDIRECT --to-ports "
                + random.nextInt(50, 58));
        rules.add("-t nat -A POSTROUTING " + extension() + " -j MASQUERADE");
        return rules.stream().map(rule -> rule.strip().replaceAll(" +", " ")).toList();
    }

    private String extension() {
        return one(
                "-s 10.1.0.0/" + random.nextInt(20, 33),
                "-d 10.2.0." + random.nextInt(1, 4),
                "! -d 10.2.0.0/30",
                "-m conntrack --ctstate NEW",
                "-m conntrack --ctstate RELATED,ESTABLISHED",
                "-m conntrack --ctstate DNAT",
                "-m conntrack ! --ctstate INVALID",
                "-m conntrack --ctorigdst 10.2.0.0/24",
                "-m addrtype --dst-type LOCAL",
                "-m addrtype ! --dst-type LOCAL",
                "-m comment --comment hello",
                "-m mark --mark 0x5/0xf",
                "-m iprange --dst-range 10.2.0.2-10.2.0.9",
                "-m length --length 30:40",
                "-m pkttype --pkt-type unicast",
                "-m limit --limit 1000/s",
                "");
    }

    @SafeVarargs
    private <T> T one(T... of) {
        return of[random.nextInt(of.length)];
    }
}
