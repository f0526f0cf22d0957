package dev.lasthop.topology;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.Ruleset;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records the packet filter's rules of the calling thread's namespace, and reads recordings of them. */
public final class FirewallSource {
    static final String TABLES = "nftables/tables";
    static final String CHAINS = "nftables/chains";
    static final String RULES = "nftables/rules";
    static final String SETS = "nftables/sets";
    static final String ELEMENTS = "nftables/elements";
    static final String OBJECTS = "nftables/objects";

    private FirewallSource() {}

    /** Records nf_tables and the older tables. Nothing is loaded or registered by being asked for. */
    public static void record(SourceSink sink) {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            record(sink, socket);
        } catch (KernelException e) {
            sink.gap(RULES, e.getMessage() == null ? e.errno().name() : e.getMessage());
        }
        LegacySource.record(sink);
    }

    private static void record(SourceSink sink, NetlinkSocket socket) {
        Ruleset all;
        try {
            all = Ruleset.dump(socket);
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL) || e.is(Errno.EOPNOTSUPP)) {
                return; // a kernel without nf_tables: there are no such rules
            }
            throw e;
        }
        sink.put(TABLES, NetlinkMessage.encode(all.tables()));
        sink.put(CHAINS, NetlinkMessage.encode(all.chains()));
        sink.put(RULES, NetlinkMessage.encode(all.rules()));
        sink.put(SETS, NetlinkMessage.encode(all.sets()));
        sink.put(ELEMENTS, NetlinkMessage.encode(all.elements()));
        sink.put(OBJECTS, NetlinkMessage.encode(all.objects()));
        if (!all.consistent()) {
            sink.gap(RULES, "the rules changed while they were being read, each time it was tried");
        }
    }

    /** What a recording says of the packet filter. */
    public static Firewall read(Recording recording) {
        var tables = new ArrayList<>(new Decoder(recording).tables());
        tables.addAll(LegacySource.read(recording));
        return new Firewall(tables);
    }

    /** Where things belong: the family's number and the table's name, and what is in the table. */
    private record Place(int family, String table, String name) {}

    private static final class Decoder {
        private final Recording recording;
        private final Map<Place, List<RuleMessage>> rules = new LinkedHashMap<>();
        private final Map<Place, List<SetElement>> elements = new LinkedHashMap<>();

        Decoder(Recording recording) {
            this.recording = recording;
            for (NetlinkMessage message : messages(RULES)) {
                RuleMessage rule = RuleMessage.decode(message);
                rules.computeIfAbsent(
                                new Place(rule.header().family(), rule.table(), rule.chain()), p -> new ArrayList<>())
                        .add(rule);
            }
            for (NetlinkMessage message : messages(ELEMENTS)) {
                ElementsMessage some = ElementsMessage.decode(message);
                elements.computeIfAbsent(
                                new Place(some.header().family(), some.table(), some.set()), p -> new ArrayList<>())
                        .addAll(some.elements());
            }
        }

        private List<NetlinkMessage> messages(String source) {
            return NetlinkMessage.decode(recording.source(source).read());
        }

        List<FirewallTable> tables() {
            return messages(TABLES).stream()
                    .map(TableMessage::decode)
                    .map(this::table)
                    .toList();
        }

        private FirewallTable table(TableMessage table) {
            int family = table.header().family();
            List<FirewallSet> sets = messages(SETS).stream()
                    .map(SetMessage::decode)
                    .filter(set ->
                            set.header().family() == family && set.table().equals(table.name()))
                    .map(set -> new FirewallSet(
                            set, elements.getOrDefault(new Place(family, table.name(), set.name()), List.of())))
                    .toList();
            var text = new RuleText(table.familyName(), sets);
            List<FirewallChain> chains = messages(CHAINS).stream()
                    .map(ChainMessage::decode)
                    .filter(chain ->
                            chain.header().family() == family && chain.table().equals(table.name()))
                    .map(chain -> chain(chain, text))
                    .toList();
            return new FirewallTable(
                    FirewallTable.Generation.NF_TABLES,
                    table.familyName(),
                    table.name(),
                    table.handle(),
                    table.flags(),
                    table.comment(),
                    chains,
                    sets);
        }

        private FirewallChain chain(ChainMessage chain, RuleText text) {
            Place place = new Place(chain.header().family(), chain.table(), chain.name());
            List<FirewallRule> inIt = rules.getOrDefault(place, List.of()).stream()
                    .map(rule -> FirewallRule.of(rule, text))
                    .toList();
            Optional<FirewallChain.Entry> entry = chain.hook()
                    .map(hook -> new FirewallChain.Entry(
                            HookNames.name(chain.familyName(), hook.number()),
                            hook.priority(),
                            chain.type(),
                            chain.policy().orElse(ChainMessage.POLICY_ACCEPT) != ChainMessage.POLICY_DROP,
                            hook.devices()));
            return new FirewallChain(chain.name(), chain.handle(), entry, chain.comment(), inIt);
        }
    }
}
