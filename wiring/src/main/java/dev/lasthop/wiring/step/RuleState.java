package dev.lasthop.wiring.step;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.NftType;
import dev.lasthop.netlink.nftables.ObjectMessage;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.Ruleset;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.TableMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the rule set holds now of what a step is about. Things with a name are asked for by it, so that a change costs the same however
 * much there is besides; a table's rules are read for rules, and all there is only for a table that is to be put back.
 */
final class RuleState {
    private final NetlinkSocket socket;
    private final Map<String, List<RuleMessage>> rules = new HashMap<>(); // of each table that was asked for
    private @Nullable Ruleset whole;

    RuleState(Site site) {
        this.socket = site.netfilter();
    }

    boolean has(TableMessage table) {
        return ask(table, NftType.GET_TABLE, Attributes.of(TableMessage.NAME.to(table.name())))
                .isPresent();
    }

    Optional<ChainMessage> chain(ChainMessage chain) {
        return ask(
                        chain,
                        NftType.GET_CHAIN,
                        Attributes.of(ChainMessage.TABLE.to(chain.table()), ChainMessage.NAME.to(chain.name())))
                .map(ChainMessage::decode);
    }

    boolean has(SetMessage set) {
        return ask(
                        set,
                        NftType.GET_SET,
                        Attributes.of(SetMessage.TABLE.to(set.table()), SetMessage.NAME.to(set.name())))
                .isPresent();
    }

    boolean has(ObjectMessage object) {
        return ask(
                        object,
                        NftType.GET_OBJECT,
                        Attributes.of(
                                ObjectMessage.TABLE.to(object.table()),
                                ObjectMessage.NAME.to(object.name()),
                                ObjectMessage.TYPE.to(object.type())))
                .isPresent();
    }

    /** The element as the kernel has it, with what it maps to. */
    Optional<SetElement> element(ElementsMessage set, SetElement wanted) {
        return Ruleset.element(socket, set, wanted).filter(known -> same(known, wanted));
    }

    /** The end of one interval may be the beginning of the next. */
    private static boolean same(SetElement a, SetElement b) {
        return a.key().equals(b.key()) && a.keyEnd().equals(b.keyEnd()) && a.isIntervalEnd() == b.isIntervalEnd();
    }

    List<RuleMessage> rules(RuleMessage of) {
        return rules.computeIfAbsent(of.table() + " " + of.header().family(), _ -> rulesOfTable(of)).stream()
                .filter(known -> same(known, of) && known.chain().equals(of.chain()))
                .toList();
    }

    private List<RuleMessage> rulesOfTable(RuleMessage of) {
        return socket
                .dump(
                        "read the rules of table " + of.familyName() + " " + of.table(),
                        NftType.GET_RULE,
                        of.header().body(Attributes.of(RuleMessage.TABLE.to(of.table()))))
                .messages()
                .stream()
                .map(RuleMessage::decode)
                .toList();
    }

    Stream<TableMessage> tables() {
        return whole().tables().stream().map(TableMessage::decode);
    }

    Ruleset whole() {
        if (whole == null) {
            whole = Ruleset.dump(socket);
        }
        return whole;
    }

    static boolean same(NftMessage a, NftMessage b) {
        return a.header().family() == b.header().family() && a.table().equals(b.table());
    }

    private Optional<NetlinkMessage> ask(NftMessage thing, int type, Attributes names) {
        try {
            return socket
                    .request("look for " + thing.what(), type, 0, thing.header().body(names))
                    .stream()
                    .findFirst();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
