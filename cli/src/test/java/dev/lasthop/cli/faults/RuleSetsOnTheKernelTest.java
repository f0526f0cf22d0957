package dev.lasthop.cli.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lasthop.address.Family;
import dev.lasthop.diagnosis.Injection.Ask;
import dev.lasthop.json.JsonObject;
import dev.lasthop.lab.Lab;
import dev.lasthop.lab.LabNetwork;
import dev.lasthop.lab.Labs;
import dev.lasthop.lab.Question;
import dev.lasthop.testing.KernelTest;
import dev.lasthop.testing.Tool;
import dev.lasthop.testing.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rule sets as others write them, made by {@code nft}, {@code iptables} of both generations and {@code ipset}: which rule it was, and
 * that a network which they leave whole is healthy. {@code ping} and {@code nc} say which it is.
 */
@KernelTest
@Execution(ExecutionMode.CONCURRENT)
class RuleSetsOnTheKernelTest {
    private static final String WORLD = "39.106.233.176";
    private static final String CONTAINER = "172.17.1.2";
    private static final String NODE_IN = "node docker0 in";
    private static final String FORWARD = "add chain inet w f { type filter hook forward priority 0; }; ";
    private static final String GUARDED = "add chain inet w f { type filter hook forward priority 0; policy drop; }; ";

    @TempDir
    static Path state;

    /**
     * A rule set, and what has to be said of it.
     *
     * @param commands each as "ROLE PROGRAM WORD…", where everything after nft is one word
     * @param expected "VERDICT DIRECTION CAUSE"; "healthy" alone where everything passes
     * @param lastHop "ROLE INTERFACE DIRECTION"; empty where it is not asked for
     * @param rule a part of the rule that has to be named; empty where it is not asked for
     * @param mended whether --fix has to mend it
     */
    record Case(
            String name, Ask ask, List<String> commands, String expected, String lastHop, String rule, boolean mended) {
        static Case of(String name, String expected, String lastHop, String rule, String... commands) {
            return new Case(name, Ask.CONTAINER_PINGS_WORLD, List.of(commands), expected, lastHop, rule, true);
        }

        Case byTcp() {
            return new Case(name, Ask.CONTAINER_CALLS_WORLD, commands, expected, lastHop, rule, mended);
        }

        Case large() {
            return new Case(name, Ask.CONTAINER_PINGS_WORLD_LARGE, commands, expected, lastHop, rule, mended);
        }

        /** Where one accept more is not enough, or would be too much. */
        Case unmended() {
            return new Case(name, ask, commands, expected, lastHop, rule, false);
        }

        boolean isHealthy() {
            return expected.equals("healthy");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(nftables(), programs(), tracking(), iptables(), docker(), translation(), sizes(), healthy())
                .flatMap(List::stream);
    }

    private static List<Case> nftables() {
        return List.of(
                Case.of(
                        "a verdict map over a concatenation",
                        "dropped request forward-rule-drop",
                        NODE_IN,
                        "vmap @m",
                        "node nft add table inet w; add map inet w m { type ipv4_addr . ipv4_addr : verdict; "
                                + "elements = { " + CONTAINER + " . " + WORLD
                                + " : drop, 10.0.0.1 . 10.0.0.2 : accept }; }; "
                                + FORWARD + "add rule inet w f ip saddr . ip daddr vmap @m"),
                Case.of(
                        "jumps by a map, and back to the policy",
                        "dropped request forward-policy-drop",
                        NODE_IN,
                        "policy drop",
                        jumps()),
                Case.of(
                                "jumps by a map, and a goto to the rule",
                                "dropped request forward-rule-drop",
                                NODE_IN,
                                "inet w worse: drop",
                                jumps())
                        .byTcp(),
                Case.of(
                                "a set of ranges of two fields",
                                "dropped request forward-rule-drop",
                                NODE_IN,
                                "@s drop",
                                "node nft add table inet w; add set inet w s { type ipv4_addr . inet_service; flags interval; "
                                        + "elements = { 39.106.233.0/24 . 1-1000 }; }; " + FORWARD
                                        + "add rule inet w f ip daddr . tcp dport @s drop")
                        .byTcp(),
                Case.of(
                        "a mark from another chain",
                        "dropped request forward-rule-drop",
                        NODE_IN,
                        "meta mark & 0x000000ff == 0x00000042 drop",
                        "node nft add table inet w; add chain inet w p { type filter hook prerouting priority -150; }; "
                                + "add rule inet w p ip saddr " + CONTAINER + " meta mark set 0x142; " + FORWARD
                                + "add rule inet w f meta mark and 0xff == 0x42 drop"),
                Case.of(
                        "a question to the routing tables",
                        "dropped request prerouting-drop",
                        "",
                        "fib daddr oif",
                        "node nft add table inet w; add chain inet w p { type filter hook prerouting priority -300; }; "
                                + "add rule inet w p iifname docker0 fib daddr oif eth0 drop"),
                Case.of(
                        "a quota that is used up",
                        "dropped request rate-limited",
                        NODE_IN,
                        "quota over 10 bytes drop",
                        "node nft add table inet w; " + FORWARD + "add rule inet w f ip daddr " + WORLD
                                + " quota over 10 bytes drop"));
    }

    private static List<Case> programs() {
        return List.of(
                Case.of(
                        "firewalld: the zone rejects at its end",
                        "refused request firewall-reject",
                        NODE_IN,
                        "reject with icmpx admin-prohibited",
                        "node nft add table inet firewalld; add chain inet firewalld filter_FWD_public; "
                                + "add chain inet firewalld filter_FWD_trusted_deny; add chain inet firewalld filter_FWD_trusted; "
                                + "add chain inet firewalld filter_FORWARD_POLICIES; "
                                + "add chain inet firewalld filter_FORWARD { type filter hook forward priority 10; }; "
                                + "add rule inet firewalld filter_FORWARD ct state { established, related } accept; "
                                + "add rule inet firewalld filter_FORWARD ct status dnat accept; "
                                + "add rule inet firewalld filter_FORWARD ct state invalid drop; "
                                + "add rule inet firewalld filter_FORWARD jump filter_FORWARD_POLICIES; "
                                + "add rule inet firewalld filter_FORWARD reject with icmpx type admin-prohibited; "
                                + "add rule inet firewalld filter_FORWARD_POLICIES iifname vmap "
                                + "{ docker0 : goto filter_FWD_trusted, eth0 : jump filter_FWD_public }; "
                                + "add rule inet firewalld filter_FWD_public icmp type destination-unreachable accept; "
                                + "add rule inet firewalld filter_FWD_trusted jump filter_FWD_trusted_deny; "
                                + "add rule inet firewalld filter_FWD_trusted reject with icmpx type admin-prohibited"),
                Case.of(
                        "a set of blocked networks",
                        "dropped request forward-rule-drop",
                        NODE_IN,
                        "ip daddr @bad",
                        "node nft add table inet w; add set inet w bad { type ipv4_addr; flags interval; "
                                + "elements = { 39.106.233.0/24, 192.0.2.128 }; }; " + FORWARD
                                + "add rule inet w f ip daddr @bad counter drop"),
                Case.of(
                        "pings alone are dropped",
                        "dropped request icmp-blocked",
                        NODE_IN,
                        "icmp type echo-request drop",
                        "node nft add table inet w; " + FORWARD + "add rule inet w f icmp type echo-request drop"),
                Case.of(
                        "dropped where the interface takes it in",
                        "dropped request ingress-filter-drop",
                        "",
                        "netdev w i",
                        "node nft add table netdev w; "
                                + "add chain netdev w i { type filter hook ingress device veth_host priority 0; }; "
                                + "add rule netdev w i ip daddr " + WORLD + " drop"));
    }

    private static String jumps() {
        return "node nft add table inet w; add chain inet w worse; add chain inet w bad; " + GUARDED
                + "add rule inet w worse meta l4proto icmp return; add rule inet w worse drop; "
                + "add rule inet w bad counter goto worse; "
                + "add rule inet w f ct state vmap { established : accept, related : accept, invalid : drop }; "
                + "add rule inet w f iifname vmap { docker0 : jump bad, eth0 : accept }";
    }

    private static List<Case> tracking() {
        return List.of(
                Case.of(
                        "a connection's mark, on its reply",
                        "dropped reply forward-rule-drop",
                        "node eth0 in",
                        "ct direction reply ct mark 0x00000007 drop",
                        "node nft add table inet w; add chain inet w p { type filter hook prerouting priority -150; }; "
                                + "add rule inet w p ip saddr " + CONTAINER + " ct mark set 7; " + FORWARD
                                + "add rule inet w f ct direction reply ct mark 7 drop"),
                Case.of(
                        "a translated connection's reply",
                        "dropped reply forward-rule-drop",
                        "node eth0 in",
                        "ct status snat drop",
                        "node nft add table inet w; " + FORWARD + "add rule inet w f iifname eth0 ct status snat drop"),
                Case.of(
                                "untracked, so neither new nor established",
                                "dropped request forward-policy-drop",
                                NODE_IN,
                                "policy drop",
                                "node nft add table inet w; add chain inet w p { type filter hook prerouting priority -300; }; "
                                        + "add rule inet w p ip daddr " + WORLD + " notrack; " + GUARDED
                                        + "add rule inet w f ct state { established, related } accept; "
                                        + "add rule inet w f iifname docker0 ct state new accept")
                        .unmended());
    }

    private static List<Case> iptables() {
        return List.of(
                Case.of(
                        "replies are not accepted",
                        "dropped reply forward-policy-drop",
                        "node eth0 in",
                        "ip filter FORWARD: policy drop",
                        "node iptables-nft -P FORWARD DROP",
                        "node iptables-nft -A FORWARD -i docker0 -j ACCEPT"),
                Case.of(
                        "mangle at postrouting",
                        "dropped request postrouting-drop",
                        NODE_IN,
                        "ip mangle POSTROUTING",
                        "node iptables-nft -t mangle -A POSTROUTING -d " + WORLD + " -j DROP"),
                Case.of(
                        "raw at prerouting",
                        "dropped request prerouting-drop",
                        "",
                        "ip raw PREROUTING",
                        "node iptables-nft -t raw -A PREROUTING -s " + CONTAINER + " -j DROP"),
                Case.of(
                                "several ports in a rule",
                                "dropped request forward-rule-drop",
                                NODE_IN,
                                "ip filter FORWARD",
                                "node iptables-nft -A FORWARD -p tcp -m multiport --dports 22,80 -j DROP")
                        .byTcp(),
                Case.of(
                        "the older generation, about pings",
                        "dropped request icmp-blocked",
                        NODE_IN,
                        "legacy ip filter FORWARD",
                        "node iptables-legacy -A FORWARD -s " + CONTAINER + " -p icmp -m comment --comment no -j DROP"),
                Case.of(
                        "the older generation, a chain of its own",
                        "dropped request forward-rule-drop",
                        NODE_IN,
                        "legacy ip filter mine",
                        "node iptables-legacy -N mine",
                        "node iptables-legacy -A mine -d 39.106.233.0/24 -j DROP",
                        "node iptables-legacy -A FORWARD -i docker0 -j mine"),
                Case.of(
                        "a limit on the log is no limit on the packets",
                        "dropped request forward-rule-drop",
                        NODE_IN,
                        "LOGDROP: counter",
                        "node iptables-nft -N LOGDROP",
                        "node iptables-nft -A LOGDROP -m limit --limit 5/min -j LOG",
                        "node iptables-nft -A LOGDROP -j DROP",
                        "node iptables-nft -A FORWARD -s " + CONTAINER + " -j LOGDROP"),
                Case.of(
                        "the older generation rejects in the container itself",
                        "refused request firewall-reject",
                        "container eth0 out",
                        "legacy ip filter OUTPUT",
                        "container iptables-legacy -A OUTPUT -d " + WORLD + " -j REJECT"),
                Case.of(
                        "the container's own policy, on the reply",
                        "dropped reply destination-input-drop",
                        "container eth0 in",
                        "ip filter INPUT: policy drop",
                        "container iptables-nft -P INPUT DROP"),
                Case.of(
                                "the far end's older tables",
                                "dropped request destination-input-drop",
                                "outside eth0 in",
                                "legacy ip filter INPUT",
                                "outside iptables-legacy -A INPUT -p tcp --dport 80 -s 192.0.2.2 -j DROP")
                        .byTcp(),
                Case.of(
                                "the far end resets",
                                "refused request firewall-reject",
                                "outside eth0 in",
                                "reject with tcp reset",
                                "outside iptables-nft -A INPUT -p tcp --dport 80 -j REJECT --reject-with tcp-reset")
                        .byTcp(),
                Case.of(
                        "a set that another program holds",
                        "dropped request forward-rule-drop",
                        NODE_IN,
                        "ip filter FORWARD",
                        "node ipset create bad hash:net",
                        "node ipset add bad 39.106.233.0/24",
                        "node iptables-nft -A FORWARD -m set --match-set bad dst -j DROP"),
                Case.of(
                        "a mark that leads to another routing table",
                        "dropped request policy-rule",
                        NODE_IN,
                        "",
                        "node iptables-nft -t mangle -A PREROUTING -s " + CONTAINER + " -j MARK --set-mark 5",
                        "node ip rule add fwmark 5 table 77",
                        "node ip route add blackhole default table 77"));
    }

    private static List<String> dockers(String... more) {
        var all = new ArrayList<>(List.of(
                "node iptables-nft -P FORWARD DROP",
                "node iptables-nft -N DOCKER",
                "node iptables-nft -N DOCKER-USER",
                "node iptables-nft -A FORWARD -j DOCKER-USER",
                "node iptables-nft -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "node iptables-nft -A FORWARD -o docker0 -j DOCKER",
                "node iptables-nft -A FORWARD -i docker0 ! -o docker0 -j ACCEPT",
                "node iptables-nft -A DOCKER-USER -j RETURN"));
        all.addAll(List.of(more));
        return all;
    }

    private static List<Case> docker() {
        return List.of(
                Case.of(
                        "docker: a rule of the user's",
                        "dropped request forward-rule-drop",
                        NODE_IN,
                        "DOCKER-USER",
                        dockers("node iptables-nft -I DOCKER-USER -s " + CONTAINER + " -d " + WORLD + " -j DROP")
                                .toArray(String[]::new)),
                Case.of(
                        "docker: the accept rule is gone",
                        "dropped request forward-policy-drop",
                        NODE_IN,
                        "ip filter FORWARD: policy drop",
                        dockers("node iptables-nft -D FORWARD -i docker0 ! -o docker0 -j ACCEPT")
                                .toArray(String[]::new)),
                Case.of(
                        "docker: everything was flushed",
                        "dropped request rules-flushed",
                        NODE_IN,
                        "docker",
                        dockers("node iptables-nft -F").toArray(String[]::new)),
                Case.of(
                        "docker, and a forgotten rule of the older generation",
                        "dropped request legacy-and-nft",
                        NODE_IN,
                        "legacy ip filter FORWARD",
                        dockers("node iptables-legacy -A FORWARD -s 172.17.0.0/16 -j DROP")
                                .toArray(String[]::new)),
                Case.of("docker: healthy", "healthy", "", "", dockers().toArray(String[]::new)));
    }

    private static List<Case> translation() {
        return List.of(
                Case.of(
                        "masquerade for an interface that is gone",
                        "no-reply reply masquerade-wrong",
                        "outside eth0 in",
                        "eth7",
                        "node nft flush chain ip nat POSTROUTING; "
                                + "add rule ip nat POSTROUTING ip saddr 172.17.0.0/16 oifname eth7 masquerade"),
                Case.of(
                        "masquerade for a network that is gone",
                        "no-reply reply masquerade-wrong",
                        "outside eth0 in",
                        "172.29.0.0/16",
                        "node nft flush chain ip nat POSTROUTING; "
                                + "add rule ip nat POSTROUTING ip saddr 172.29.0.0/16 oifname eth0 masquerade"),
                Case.of(
                        "translated to an address that nobody has",
                        "no-reply reply masquerade-wrong",
                        "outside eth0 in",
                        "snat",
                        "node nft add table ip w; add chain ip w s { type nat hook postrouting priority 90; }; "
                                + "add rule ip w s oifname eth0 snat to 192.0.2.77"),
                Case.of(
                                "a container that is left untracked, and so untranslated",
                                "no-reply reply masquerade-missing",
                                "outside eth0 in",
                                "notrack",
                                "node nft add table ip w; add chain ip w r { type filter hook prerouting priority -300; }; "
                                        + "add rule ip w r iifname docker0 ip saddr " + CONTAINER + " notrack")
                        .unmended());
    }

    private static List<Case> sizes() {
        return List.of(
                Case.of(
                                "the sender's own filter drops the error",
                                "dropped request pmtu-blackhole",
                                NODE_IN,
                                "",
                                "outside ip link set eth0 mtu 1300",
                                "node ip link set eth0 mtu 1300",
                                "container iptables-nft -A INPUT -p icmp --icmp-type destination-unreachable -j DROP")
                        .large(),
                Case.of(
                                "a route has the limit",
                                "dropped request mtu-exceeded",
                                NODE_IN,
                                "",
                                "node ip route replace default via 192.0.2.1 mtu lock 1300")
                        .large(),
                Case.of(
                                "the sender's own interface is too small",
                                "not-sent request mtu-exceeded",
                                "container eth0 out",
                                "",
                                "container ip link set eth0 mtu 1400")
                        .large());
    }

    private static List<Case> healthy() {
        return List.of(
                Case.of(
                        "a set of another program's accepts",
                        "healthy",
                        "",
                        "",
                        "node ipset create good hash:net",
                        "node ipset add good 39.106.233.0/24",
                        "node iptables-nft -P FORWARD DROP",
                        "node iptables-nft -A FORWARD -m state --state ESTABLISHED -j ACCEPT",
                        "node iptables-nft -A FORWARD -m set --match-set good dst -j ACCEPT"),
                Case.of(
                        "limits that are not reached, and counters",
                        "healthy",
                        "",
                        "",
                        "node nft add table inet w; " + FORWARD
                                + "add rule inet w f ip daddr " + WORLD + " limit rate over 1000/second drop; "
                                + "add rule inet w f ip daddr " + WORLD + " quota over 100 mbytes drop; "
                                + "add rule inet w f ct state invalid drop"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void namesTheRule(Case tried) {
        assumeThat(tried.commands().stream().anyMatch(command -> command.contains(" ipset "))
                        && Tool.attempt("sh", "-c", "command -v ipset").exit() != 0)
                .as("the program ipset is not here")
                .isFalse();
        String name = "r" + Integer.toHexString(tried.hashCode() & 0xffffff);
        try (Lab lab = Labs.in(state).borrow(LabNetwork.BRIDGE, name)) {
            Question question = Question.of(lab.scene(), tried.ask(), Family.IPV4);
            try (var service = new Service(lab, question)) {
                service.open("");
                check(tried, name, question);
            }
        }
    }

    private static void check(Case tried, String lab, Question question) {
        var judge = new Judge(question);
        Wait.until("it works before there are rules", judge::works);
        tried.commands().forEach(command -> run(lab, command));
        assertThat(judge.works()).isEqualTo(tried.isHealthy());
        Answer answer = Answer.of(question, tried.mended() ? List.of("--fix", "--yes") : List.of());
        JsonObject report = answer.document();
        if (tried.isHealthy()) {
            assertThat(report.string("verdict")).as(answer.text()).isEqualTo("healthy");
            return;
        }
        assertThat(report.string("verdict") + " " + report.string("direction") + " " + answer.cause())
                .as(answer.text())
                .isEqualTo(tried.expected());
        if (!tried.lastHop().isEmpty()) {
            assertThat(answer.lastHop()).as(answer.text()).isEqualTo("netns:" + lab + "-" + tried.lastHop());
        }
        assertThat(rules(report)).as(answer.text()).contains(tried.rule());
        if (tried.mended()) {
            assertThat(report.flag("fixed", false)).as(answer.text()).isTrue();
            Wait.until("it works after --fix: " + answer.text(), judge::works);
        }
    }

    private static String rules(JsonObject report) {
        return report.findObject("cause").stream()
                .flatMap(cause -> cause.objects("evidence").stream())
                .filter(evidence -> evidence.string("kind").equals("rule"))
                .map(evidence -> evidence.string("text"))
                .collect(Collectors.joining("\n"));
    }

    private static void run(String lab, String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        String namespace = "--net=/run/netns/" + lab + "-" + words.removeFirst();
        if (words.getFirst().equals("nft")) {
            words = List.of("nft", String.join(" ", words.subList(1, words.size())));
        }
        var all = new ArrayList<>(List.of("nsenter", namespace, "--"));
        all.addAll(words);
        Tool.run(all.toArray(String[]::new));
    }
}
