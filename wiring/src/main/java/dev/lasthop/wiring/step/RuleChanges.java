package dev.lasthop.wiring.step;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.ObjectMessage;
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
        var now = new RuleState(site);
        List<TableMessage> fresh = step.changes().stream()
                .filter(change -> change instanceof FirewallStep.Add)
                .flatMap(change -> change.thing() instanceof TableMessage table ? Stream.of(table) : Stream.empty())
                .filter(table -> !now.has(table))
                .toList();
        Optional<TableMessage> remade = remade(step);
        if (remade.isPresent()) {
            return tableAsItWas(site, now, remade.get());
        }
        var steps = new ArrayList<Step>();
        for (FirewallStep.Change change : step.changes().reversed()) {
            // what is in a table that this step makes goes with it, and a chain's new rules with all of them
            boolean covered = fresh.stream().anyMatch(table -> RuleState.same(table, change.thing()))
                    || change instanceof FirewallStep.Add(RuleMessage rule) && empties(step, rule);
            if (!covered || change.thing() instanceof TableMessage) {
                undo(site, now, change).ifPresent(steps::add);
            }
        }
        return steps;
    }

    private static Optional<Step> undo(Site site, RuleState now, FirewallStep.Change change) {
        return switch (change) {
            case FirewallStep.Add add
            when add.thing() instanceof RuleMessage rule -> Optional.of(deleteLike(site, rule));
            case FirewallStep.Add add -> undoAdd(site, now, add.thing());
            case FirewallStep.Insert insert -> Optional.of(deleteLike(site, insert.thing()));
            case FirewallStep.Delete delete -> undoDelete(site, now, delete.thing());
            case FirewallStep.DeleteLike like -> like(now, like.thing()).flatMap(found -> undoDelete(site, now, found));
        };
    }

    /** The table that a step deletes parts of which others are parts of: its way back is the whole table. */
    private static Optional<TableMessage> remade(FirewallStep step) {
        return step.changes().stream()
                .filter(FirewallStep.Delete.class::isInstance)
                .map(FirewallStep.Change::thing)
                .filter(thing -> thing instanceof ChainMessage || thing instanceof SetMessage)
                .findFirst()
                .map(thing -> TableMessage.of(thing.family().orElse(TableFamily.INET), thing.table()));
    }

    private static List<Step> tableAsItWas(Site site, RuleState now, TableMessage table) {
        List<FirewallStep.Change> changes = new ArrayList<>(List.of(new FirewallStep.Delete(table)));
        changes.addAll(tablePutBack(now, table));
        String line = "# put back: " + table.what();
        return changes.size() == 1 ? List.of() : List.of(new FirewallStep(site.place(), changes, List.of(line)));
    }

    private static boolean empties(FirewallStep step, RuleMessage rule) {
        return step.changes().stream()
                .anyMatch(change -> change instanceof FirewallStep.Delete(RuleMessage all)
                        && isAllOfChain(all)
                        && RuleState.same(all, rule)
                        && all.chain().equals(rule.chain()));
    }

    private static boolean isAllOfChain(RuleMessage rule) {
        return rule.handle() == 0;
    }

    private static Step deleteLike(Site site, RuleMessage rule) {
        String chain = FirewallStep.chain(rule);
        String line = FirewallStep.nft(site.place(), "delete rule " + chain + " handle HANDLE")
                + "  # the handle is shown by nft -a list chain " + chain;
        return new FirewallStep(site.place(), List.of(new FirewallStep.DeleteLike(rule)), List.of(line));
    }

    private static Optional<Step> undoAdd(Site site, RuleState now, NftMessage thing) {
        return switch (thing) {
            case ChainMessage chain
            when now.chain(chain).isPresent() -> {
                OptionalInt before = now.chain(chain).orElseThrow().policy();
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
                        .filter(element -> now.element(elements, element).isEmpty())
                        .toList();
                yield news.isEmpty() ? Optional.empty() : Optional.of(remove(site, with(elements, news)));
            }
            case TableMessage table when now.has(table) -> Optional.empty();
            case SetMessage set when now.has(set) -> Optional.empty();
            case ObjectMessage object when now.has(object) -> Optional.empty();
            default -> Optional.of(remove(site, thing));
        };
    }

    private static Step remove(Site site, NftMessage thing) {
        return new FirewallStep(
                site.place(),
                List.of(new FirewallStep.Delete(thing)),
                List.of(FirewallStep.nft(site.place(), "delete " + thing.what())));
    }

    private static Optional<Step> undoDelete(Site site, RuleState now, NftMessage thing) {
        List<FirewallStep.Change> changes = switch (thing) {
            case RuleMessage rule -> rulePutBack(now, rule);
            case TableMessage table -> tablePutBack(now, table);
            case ElementsMessage elements -> {
                List<SetElement> gone = elements.elements().stream()
                        .flatMap(element -> now.element(elements, element).stream())
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

    private static List<FirewallStep.Change> rulePutBack(RuleState now, RuleMessage rule) {
        List<RuleMessage> chain = now.rules(rule);
        if (isAllOfChain(rule)) {
            List<FirewallStep.Change> changes = new ArrayList<>(List.of(new FirewallStep.Delete(rule)));
            chain.forEach(known -> changes.add(new FirewallStep.Add(bare(known))));
            return changes;
        }
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

    private static List<FirewallStep.Change> tablePutBack(RuleState now, TableMessage table) {
        var changes = new ArrayList<FirewallStep.Change>();
        now.tables().filter(known -> RuleState.same(known, table)).forEach(known -> {
            changes.add(new FirewallStep.Add(TableMessage.of(
                    known.family().orElse(TableFamily.INET), known.name(), known.flags(), known.comment())));
        });
        now.whole().chains().stream()
                .map(ChainMessage::decode)
                .filter(chain -> RuleState.same(chain, table))
                .forEach(chain -> changes.add(new FirewallStep.Add(without(chain))));
        return changes.isEmpty() ? List.of() : withContents(now, table, changes);
    }

    private static List<FirewallStep.Change> withContents(
            RuleState now, TableMessage table, List<FirewallStep.Change> changes) {
        Ruleset all = now.whole();
        all.objects().stream()
                .map(ObjectMessage::decode)
                .filter(object -> RuleState.same(object, table))
                .forEach(object -> changes.add(new FirewallStep.Add(without(object))));
        int id = 1; // of a set, by which the kernel insists on telling apart those that one transaction makes
        for (NetlinkMessage message : all.sets()) {
            SetMessage set = SetMessage.decode(message);
            if (RuleState.same(set, table)) {
                changes.add(new FirewallStep.Add(without(set, id++)));
            }
        }
        all.elements().stream()
                .map(ElementsMessage::decode)
                .filter(elements -> RuleState.same(elements, table))
                .filter(elements -> !elements.elements().isEmpty())
                .forEach(elements -> changes.add(new FirewallStep.Add(elements)));
        all.rules().stream()
                .map(RuleMessage::decode)
                .filter(rule -> RuleState.same(rule, table))
                .forEach(rule -> changes.add(new FirewallStep.Add(bare(rule))));
        return changes;
    }

    private static ChainMessage without(ChainMessage chain) {
        return new ChainMessage(
                chain.header(),
                keep(chain.attributes(), List.of(1, 3, 4, 5, 7, 10, 12))); // all but handle, use, counters
    }

    private static SetMessage without(SetMessage set, int id) {
        Attributes kept = keep(set.attributes(), List.of(1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 15, 17, 18));
        return new SetMessage(set.header(), kept.with(SetMessage.ID.to(id)));
    }

    private static ObjectMessage without(ObjectMessage object) {
        return new ObjectMessage(object.header(), keep(object.attributes(), List.of(1, 2, 3, 4, 8)));
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

    static FirewallStep located(Site site, FirewallStep step) {
        var now = new RuleState(site);
        var changes = new ArrayList<FirewallStep.Change>();
        var commands = new ArrayList<String>();
        for (FirewallStep.Change change : step.changes()) {
            Optional<RuleMessage> found =
                    change instanceof FirewallStep.DeleteLike like ? like(now, like.thing()) : Optional.empty();
            if (found.isEmpty() || step.changes().size() != step.commands().size()) {
                return step;
            }
            RuleMessage rule = found.get();
            changes.add(new FirewallStep.Delete(RuleMessage.named(
                    rule.family().orElse(TableFamily.INET), rule.table(), rule.chain(), rule.handle())));
            commands.add(FirewallStep.nft(
                    site.place(), "delete rule " + FirewallStep.chain(rule) + " handle " + rule.handle()));
        }
        return new FirewallStep(step.place(), changes, commands);
    }

    private static RuleMessage find(Site site, RuleMessage rule) {
        return like(new RuleState(site), rule)
                .orElseThrow(() -> new KernelException(
                        "find the rule in chain " + FirewallStep.chain(rule) + " in " + site.label(),
                        Errno.ENOENT,
                        "somebody took it away or changed it"));
    }

    private static Optional<RuleMessage> like(RuleState now, RuleMessage rule) {
        List<Expression> wanted = uncounted(rule);
        return now.rules(rule).reversed().stream()
                .filter(known -> known.comment().equals(rule.comment())
                        && uncounted(known).equals(wanted))
                .findFirst();
    }

    private static List<Expression> uncounted(RuleMessage rule) {
        return rule.expressions().stream()
                .map(expression -> expression instanceof Statement.Counter ? Statement.Counter.ZERO : expression)
                .toList();
    }

    private static ElementsMessage with(ElementsMessage message, List<SetElement> elements) {
        return ElementsMessage.of(
                        message.family().orElse(TableFamily.INET), message.table(), message.set(), 0, elements)
                .getFirst();
    }
}
