package dev.lasthop.wiring.step;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.Ruleset;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.SetMessage;
import dev.lasthop.netlink.nftables.Statement;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TableMessage;
import dev.lasthop.netlink.nftables.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** {@link FirewallStep}s, by nf_tables' netlink. */
final class RuleChanges {
    private RuleChanges() {}

    static void apply(Site site, FirewallStep step) {
        var transaction = new Transaction();
        for (FirewallStep.Change change : step.changes()) {
            switch (change) {
                case FirewallStep.Add add -> transaction.create(add.thing());
                case FirewallStep.Insert insert -> transaction.insert(insert.thing());
                case FirewallStep.Delete delete -> transaction.delete(delete.thing());
                case FirewallStep.DeleteLike like -> transaction.delete(find(site, like.thing()));
            }
        }
        try {
            transaction.commit(site.netfilter());
        } catch (KernelException e) {
            throw new KernelException(e.operation() + ", in " + site.label(), e.errno(), e.reason());
        }
    }

    static List<Step> undo(Site site, FirewallStep step) {
        Ruleset now = Ruleset.dump(site.netfilter());
        List<TableMessage> fresh = step.changes().stream()
                .filter(change -> change instanceof FirewallStep.Add)
                .flatMap(change -> change.thing() instanceof TableMessage table ? Stream.of(table) : Stream.empty())
                .filter(table -> tables(now).noneMatch(known -> same(known, table)))
                .toList();
        var steps = new ArrayList<Step>();
        for (FirewallStep.Change change : step.changes().reversed()) {
            // what is in a table that this step makes goes with it
            boolean covered = fresh.stream().anyMatch(table -> same(table, change.thing()));
            if (!covered || change.thing() instanceof TableMessage) {
                undo(site, now, change).ifPresent(steps::add);
            }
        }
        return steps;
    }

    private static Optional<Step> undo(Site site, Ruleset now, FirewallStep.Change change) {
        return switch (change) {
            case FirewallStep.Add add
            when add.thing() instanceof RuleMessage rule -> Optional.of(deleteLike(site, rule));
            case FirewallStep.Add add -> undoAdd(site, now, add.thing());
            case FirewallStep.Insert insert -> Optional.of(deleteLike(site, insert.thing()));
            case FirewallStep.Delete delete -> undoDelete(site, now, delete.thing());
            case FirewallStep.DeleteLike like -> like(now, like.thing()).flatMap(found -> undoDelete(site, now, found));
        };
    }

    private static Step deleteLike(Site site, RuleMessage rule) {
        String chain = FirewallStep.chain(rule);
        String line = FirewallStep.nft(site.place(), "delete rule " + chain + " handle HANDLE")
                + "  # the handle is shown by nft -a list chain " + chain;
        return new FirewallStep(site.place(), List.of(new FirewallStep.DeleteLike(rule)), List.of(line));
    }

    private static Optional<Step> undoAdd(Site site, Ruleset now, NftMessage thing) {
        return switch (thing) {
            case ChainMessage chain
            when chain(now, chain).isPresent() -> {
                OptionalInt before = chain(now, chain).orElseThrow().policy();
                yield before.isPresent() && !before.equals(chain.policy())
                        ? Optional.of(FirewallStep.policy(
                                site.place(),
                                chain.family().orElse(TableFamily.INET),
                                chain.table(),
                                chain.name(),
                                before.getAsInt() == ChainMessage.POLICY_ACCEPT))
                        : Optional.empty();
            }
            case ElementsMessage elements -> {
                List<SetElement> news = elements.elements().stream()
                        .filter(element ->
                                elements(now, elements).stream().noneMatch(known -> sameElement(known, element)))
                        .toList();
                yield news.isEmpty() ? Optional.empty() : Optional.of(remove(site, with(elements, news)));
            }
            case TableMessage table when tables(now).anyMatch(known -> same(known, table)) -> Optional.empty();
            case SetMessage set
            when sets(now).anyMatch(known -> same(known, set) && known.name().equals(set.name())) -> Optional.empty();
            default -> Optional.of(remove(site, thing));
        };
    }

    private static Step remove(Site site, NftMessage thing) {
        return new FirewallStep(
                site.place(),
                List.of(new FirewallStep.Delete(thing)),
                List.of(FirewallStep.nft(site.place(), "delete " + thing.what())));
    }

    private static Optional<Step> undoDelete(Site site, Ruleset now, NftMessage thing) {
        List<FirewallStep.Change> changes = switch (thing) {
            case RuleMessage rule -> rulePutBack(now, rule);
            case TableMessage table -> tablePutBack(now, table);
            case ElementsMessage elements -> {
                List<SetElement> gone = elements(now, elements).stream()
                        .filter(known -> elements.elements().stream().anyMatch(element -> sameElement(known, element)))
                        .toList();
                yield gone.isEmpty() ? List.of() : List.of(new FirewallStep.Add(with(elements, gone)));
            }
            default -> List.of();
        };
        String line = "# put back: " + thing.what();
        return changes.isEmpty()
                ? Optional.empty()
                : Optional.of(new FirewallStep(site.place(), changes, List.of(line)));
    }

    private static List<FirewallStep.Change> rulePutBack(Ruleset now, RuleMessage rule) {
        List<RuleMessage> chain = rules(now, rule);
        for (int i = 0; i < chain.size(); i++) {
            if (chain.get(i).handle() == rule.handle()) {
                RuleMessage bare = bare(chain.get(i));
                return List.of(
                        i == 0
                                ? new FirewallStep.Insert(bare)
                                : new FirewallStep.Add(bare.at(chain.get(i - 1).handle())));
            }
        }
        return List.of();
    }

    private static List<FirewallStep.Change> tablePutBack(Ruleset now, TableMessage table) {
        var changes = new ArrayList<FirewallStep.Change>();
        tables(now).filter(known -> same(known, table)).forEach(known -> {
            changes.add(new FirewallStep.Add(TableMessage.of(
                    known.family().orElse(TableFamily.INET), known.name(), known.flags(), known.comment())));
        });
        now.chains().stream()
                .map(ChainMessage::decode)
                .filter(chain -> same(chain, table))
                .forEach(chain -> changes.add(new FirewallStep.Add(without(chain))));
        return changes.isEmpty() ? List.of() : withContents(now, table, changes);
    }

    private static List<FirewallStep.Change> withContents(
            Ruleset now, TableMessage table, List<FirewallStep.Change> changes) {
        sets(now).filter(set -> same(set, table)).forEach(set -> changes.add(new FirewallStep.Add(without(set))));
        now.elements().stream()
                .map(ElementsMessage::decode)
                .filter(elements -> same(elements, table))
                .filter(elements -> !elements.elements().isEmpty())
                .forEach(elements -> changes.add(new FirewallStep.Add(elements)));
        now.rules().stream()
                .map(RuleMessage::decode)
                .filter(rule -> same(rule, table))
                .forEach(rule -> changes.add(new FirewallStep.Add(bare(rule))));
        return changes;
    }

    private static ChainMessage without(ChainMessage chain) {
        return new ChainMessage(
                chain.header(),
                keep(chain.attributes(), List.of(1, 3, 4, 5, 7, 10, 12))); // all but handle, use, counters
    }

    private static SetMessage without(SetMessage set) {
        return new SetMessage(
                set.header(), keep(set.attributes(), List.of(1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15)));
    }

    /** A rule as it is to be made: without the handle and the position that it has now. */
    private static RuleMessage bare(RuleMessage rule) {
        return new RuleMessage(rule.header(), keep(rule.attributes(), List.of(1, 2, 4, 5, 7)));
    }

    private static Attributes keep(Attributes all, List<Integer> types) {
        return new Attributes(all.all().stream()
                .filter(attribute -> types.contains(attribute.type()))
                .toList());
    }

    private static RuleMessage find(Site site, RuleMessage rule) {
        return like(Ruleset.dump(site.netfilter()), rule)
                .orElseThrow(() -> new KernelException(
                        "find the rule in chain " + FirewallStep.chain(rule) + " in " + site.label(),
                        Errno.ENOENT,
                        "somebody took it away or changed it"));
    }

    private static Optional<RuleMessage> like(Ruleset now, RuleMessage rule) {
        List<Expression> wanted = uncounted(rule);
        return rules(now, rule).reversed().stream()
                .filter(known -> known.comment().equals(rule.comment())
                        && uncounted(known).equals(wanted))
                .findFirst();
    }

    private static List<Expression> uncounted(RuleMessage rule) {
        return rule.expressions().stream()
                .map(expression -> expression instanceof Statement.Counter ? Statement.Counter.ZERO : expression)
                .toList();
    }

    private static List<RuleMessage> rules(Ruleset now, RuleMessage of) {
        return now.rules().stream()
                .map(RuleMessage::decode)
                .filter(known -> same(known, of) && known.chain().equals(of.chain()))
                .toList();
    }

    private static Optional<ChainMessage> chain(Ruleset now, ChainMessage of) {
        return now.chains().stream()
                .map(ChainMessage::decode)
                .filter(known -> same(known, of) && known.name().equals(of.name()))
                .findFirst();
    }

    private static Stream<TableMessage> tables(Ruleset now) {
        return now.tables().stream().map(TableMessage::decode);
    }

    private static Stream<SetMessage> sets(Ruleset now) {
        return now.sets().stream().map(SetMessage::decode);
    }

    private static List<SetElement> elements(Ruleset now, ElementsMessage of) {
        return now.elements().stream()
                .map(ElementsMessage::decode)
                .filter(known -> same(known, of) && known.set().equals(of.set()))
                .flatMap(known -> known.elements().stream())
                .toList();
    }

    private static ElementsMessage with(ElementsMessage message, List<SetElement> elements) {
        return ElementsMessage.of(
                        message.family().orElse(TableFamily.INET), message.table(), message.set(), 0, elements)
                .getFirst();
    }

    /** The end of one interval may be the beginning of the next. */
    private static boolean sameElement(SetElement a, SetElement b) {
        return a.key().equals(b.key()) && a.isIntervalEnd() == b.isIntervalEnd();
    }

    private static boolean same(NftMessage a, NftMessage b) {
        return a.header().family() == b.header().family() && a.table().equals(b.table());
    }
}
