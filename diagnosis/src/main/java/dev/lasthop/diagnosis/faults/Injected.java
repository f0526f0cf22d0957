package dev.lasthop.diagnosis.faults;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.diagnosis.Scene;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.topology.FirewallRule;
import dev.lasthop.wiring.step.ConntrackStep;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** How the lab's own rules of type nat are broken. */
final class Injected {
    private static final String TABLE = "nat";
    private static final String SOURCES = "POSTROUTING";
    private static final String DESTINATIONS = "PREROUTING";

    private Injected() {}

    /** Takes out the rules that translate sources. */
    static List<Step> masquerade(Scene scene, Family family) {
        return delete(scene, family, SOURCES, SourceRules::translates);
    }

    /** As a flush leaves an engine's table: its chains are there, and nothing is in them or leads to them. */
    static List<Step> flush(Scene scene) {
        var steps = new ArrayList<Step>();
        steps.add(new FirewallStep(
                scene.node(),
                List.of(new FirewallStep.Add(ChainMessage.of(TableFamily.IP, TABLE, "DOCKER"))),
                List.of(scene.node().run("nft add chain ip nat DOCKER"))));
        steps.addAll(masquerade(scene, Family.IPV4));
        return steps;
    }

    /** Takes out the rules that lead to the published service. */
    static List<Step> publishing(Scene scene, Family family) {
        return delete(scene, family, DESTINATIONS, rule -> true);
    }

    private static List<Step> delete(Scene scene, Family family, String chain, Predicate<FirewallRule> which) {
        TableFamily tables = OwnTable.of(family);
        return scene.now(scene.node()).firewall().tables().stream()
                .filter(table ->
                        table.family().equals(tables.toString()) && table.name().equals(TABLE))
                .flatMap(table -> table.chain(chain).stream())
                .flatMap(found -> found.rules().stream())
                .filter(which)
                .<Step>map(rule -> FirewallStep.deleteRule(scene.node(), tables, TABLE, chain, rule.handle()))
                .toList();
    }

    /** In place of the right rule, one for an interface that is not there. */
    static List<Step> wrongMasquerade(Scene scene, Family family) {
        var steps = new ArrayList<>(masquerade(scene, family));
        Prefix network = scene.containerAddress(family).network();
        TableFamily tables = OwnTable.of(family);
        steps.add(FirewallStep.append(
                scene.node(),
                RuleBuilder.in(tables, TABLE, SOURCES)
                        .source(network)
                        .outputName("old0")
                        .masquerade()
                        .build(),
                tables + " saddr " + network + " oifname old0 masquerade"));
        return steps;
    }

    /** The rules are right, and a connection is remembered from when they led to {@link #nobody}. */
    static List<Step> rememberedPublishing(Scene scene, Family family) {
        var call = new Flow(
                Protocol.TCP,
                scene.outsideAddress(family).address(),
                scene.callingPort(),
                scene.nodeAddress(family).address(),
                scene.publishedPort());
        return List.of(new ConntrackStep.Add(scene.node(), call, nobody(scene, family), scene.servicePort()));
    }

    /** An address of the container's network that nobody has. */
    private static IpAddress nobody(Scene scene, Family family) {
        return scene.containerAddress(family).network().first().plus(222);
    }

    /** In place of the right rules, one that leads to another address of the container's network. */
    static List<Step> stalePublishing(Scene scene, Family family) {
        var steps = new ArrayList<>(publishing(scene, family));
        steps.add(publish(
                scene, family, RuleBuilder.in(OwnTable.of(family), TABLE, DESTINATIONS), "", nobody(scene, family)));
        return steps;
    }

    /** In place of the right rules, one for the loopback address alone. */
    static List<Step> narrowPublishing(Scene scene, Family family) {
        var steps = new ArrayList<>(publishing(scene, family));
        IpAddress loopback = IpAddress.parse(family == Family.IPV4 ? "127.0.0.1" : "::1");
        RuleBuilder rule =
                RuleBuilder.in(OwnTable.of(family), TABLE, DESTINATIONS).destination(Prefix.of(loopback));
        steps.add(publish(
                scene,
                family,
                rule,
                OwnTable.word(family) + " daddr " + loopback + " ",
                scene.containerAddress(family).address()));
        return steps;
    }

    private static Step publish(Scene scene, Family family, RuleBuilder rule, String words, IpAddress to) {
        return FirewallStep.append(
                scene.node(),
                rule.destinationPort(Protocol.TCP, scene.publishedPort())
                        .destinationNat(to, scene.servicePort())
                        .build(),
                words + "tcp dport " + scene.publishedPort() + " dnat to "
                        + (family == Family.IPV6 ? "[" + to + "]" : to) + ":" + scene.servicePort());
    }
}
