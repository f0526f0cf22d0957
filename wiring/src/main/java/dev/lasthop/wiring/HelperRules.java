package dev.lasthop.wiring;

import dev.lasthop.address.Family;
import dev.lasthop.netlink.nftables.BaseHook;
import dev.lasthop.netlink.nftables.KeyPart;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.RuleBuilder;
import dev.lasthop.wiring.step.FirewallStep;
import dev.lasthop.wiring.step.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The rules that give connections to a published port a helper of connection tracking. They are made with the first such port, since only a
 * kernel that has the helper takes them; then further ports are elements of a set, as everywhere in the table.
 */
final class HelperRules {
    private static final int BEFORE_DESTINATION_NAT = -150; // NF_IP_PRI_MANGLE
    private static final Path MODULES = Path.of("/sys/module");

    private HelperRules() {}

    /** Those that these ports need; nothing changes where they are there. */
    static List<Step> of(List<PublishedPort> ports) {
        return ports.stream()
                .flatMap(port -> port.application().stream())
                .distinct()
                .sorted()
                .<Step>map(HelperRules::create)
                .toList();
    }

    /** The name of the chain that assigns a helper to what comes in. */
    static String chain(Application application) {
        return application + "-prerouting";
    }

    static FirewallStep create(Application application) {
        var changes = new TableChanges();
        String name = application.toString();
        changes.object(
                ObjectMessage.helper(OwnTable.FAMILY, OwnTable.NAME, name, name, application.protocol()),
                "ct helper inet lasthop " + name + " { type \"" + name + "\" protocol " + application.protocol()
                        + " ; }");
        chain(changes, application, chain(application), BaseHook.PREROUTING);
        chain(changes, application, application + "-output", BaseHook.OUTPUT);
        return changes.step();
    }

    private static void chain(TableChanges changes, Application application, String chain, int hook) {
        changes.base(chain, "filter", hook, BEFORE_DESTINATION_NAT);
        changes.flush(chain); // it may be there
        for (Family family : Family.values()) {
            String set = application + OwnTable.suffix(family);
            changes.rule(
                    RuleBuilder.in(OwnTable.FAMILY, OwnTable.NAME, chain)
                            .in(family, set, 0, KeyPart.DESTINATION_ADDRESS, KeyPart.PROTOCOL, KeyPart.DESTINATION_PORT)
                            .helper(application.toString()),
                    chain + " " + OwnTable.word(family) + " daddr . meta l4proto . th dport @" + set
                            + " ct helper set \"" + application + "\"");
        }
    }

    /**
     * The kernel's part that follows a conversation is loaded by itself when it is asked for; the part that translates the addresses in it
     * is not, and without it the helper would do half of its work.
     *
     * @throws WiringException if a part is missing
     */
    static void requireKernel(Application application) {
        requireKernel(application, MODULES);
    }

    /** @param modules a folder for each module that is loaded, or built in and has parameters */
    static void requireKernel(Application application, Path modules) {
        Path tracking = modules.resolve("nf_conntrack_" + application);
        Path translation = modules.resolve("nf_nat_" + application);
        boolean builtIn = Files.exists(tracking) && !Files.exists(tracking.resolve("initstate"));
        if (!builtIn && !Files.exists(translation)) {
            throw new WiringException("helper " + application + " needs the kernel module nf_nat_" + application
                    + ", which is not loaded; modprobe nf_nat_" + application
                    + " loads it, and a line in /etc/modules-load.d/ does so at each start");
        }
    }
}
