package dev.lasthop.wiring.step;

import dev.lasthop.netlink.nftables.ChainMessage;
import dev.lasthop.netlink.nftables.ElementsMessage;
import dev.lasthop.netlink.nftables.NftMessage;
import dev.lasthop.netlink.nftables.RuleMessage;
import dev.lasthop.netlink.nftables.SetElement;
import dev.lasthop.netlink.nftables.TableFamily;
import dev.lasthop.netlink.nftables.TableMessage;
import java.util.List;

/**
 * Changes of the nf_tables rule set, made all together or not at all.
 *
 * @param commands the same in nft's words, a line each
 */
public record FirewallStep(Place place, List<Change> changes, List<String> commands) implements Step {
    public FirewallStep {
        changes = List.copyOf(changes);
        commands = List.copyOf(commands);
    }

    /** What is done with one thing of the rule set. */
    public sealed interface Change {
        NftMessage thing();
    }

    /**
     * Makes the thing if it is not there. A rule is always made anew: behind the chain's last, or behind that at its position. Of a
     * chain that is there, the policy is changed to the one given.
     */
    public record Add(NftMessage thing) implements Change {}

    /** Puts a rule before the chain's first, or before the one at its position. */
    public record Insert(RuleMessage thing) implements Change {}

    /** Deletes a thing by its name, a rule by its handle. */
    public record Delete(NftMessage thing) implements Change {}

    /** Deletes the last rule of the chain that has these expressions and this comment: a rule whose handle is not known. */
    public record DeleteLike(RuleMessage thing) implements Change {}

    /** Adds a rule at the end of its chain (or behind {@link RuleMessage#at}); {@code line} is the rule as nft writes it. */
    public static FirewallStep append(Place place, RuleMessage rule, String line) {
        return new FirewallStep(
                place, List.of(new Add(rule)), List.of(nft(place, "add rule " + chain(rule) + " " + line)));
    }

    /** Puts a rule before all others of its chain. */
    public static FirewallStep insert(Place place, RuleMessage rule, String line) {
        return new FirewallStep(
                place, List.of(new Insert(rule)), List.of(nft(place, "insert rule " + chain(rule) + " " + line)));
    }

    /** Deletes a rule by its handle. */
    public static FirewallStep deleteRule(Place place, TableFamily family, String table, String chain, long handle) {
        RuleMessage rule = RuleMessage.named(family, table, chain, handle);
        return new FirewallStep(
                place,
                List.of(new Delete(rule)),
                List.of(nft(place, "delete rule " + chain(rule) + " handle " + handle)));
    }

    /** Sets what a base chain does with packets that none of its rules decided. */
    public static FirewallStep policy(Place place, TableFamily family, String table, String chain, boolean accept) {
        ChainMessage message = new ChainMessage(
                TableMessage.of(family, table).header(),
                dev.lasthop.netlink.Attributes.of(
                        ChainMessage.TABLE.to(table),
                        ChainMessage.NAME.to(chain),
                        ChainMessage.POLICY.to(accept ? ChainMessage.POLICY_ACCEPT : ChainMessage.POLICY_DROP)));
        String words =
                "chain " + family + " " + table + " " + chain + " { policy " + (accept ? "accept" : "drop") + " ; }";
        return new FirewallStep(place, List.of(new Add(message)), List.of(nft(place, words)));
    }

    /** Adds elements to a set or map; {@code line} is the elements as nft writes them. */
    public static FirewallStep addElements(
            Place place, TableFamily family, String table, String set, List<SetElement> elements, String line) {
        return elements("add", place, family, table, set, elements, line);
    }

    /** Takes elements out of a set or map. */
    public static FirewallStep deleteElements(
            Place place, TableFamily family, String table, String set, List<SetElement> elements, String line) {
        return elements("delete", place, family, table, set, elements, line);
    }

    /** Deletes a table with all that is in it. The undo makes it again, with the chains, sets, elements and rules that it had. */
    public static FirewallStep deleteTable(Place place, TableFamily family, String table) {
        return new FirewallStep(
                place,
                List.of(new Delete(TableMessage.of(family, table))),
                List.of(nft(place, "delete table " + family + " " + table)));
    }

    @Override
    public List<Step> undo(Places places) {
        return RuleChanges.undo(places.at(place), this);
    }

    /**
     * The same with the handles of the rules that it is to delete, as they are now: what takes a rule back is written down before the
     * rule is made, when its handle is not known yet. A rule that is not there stays described as it was.
     */
    public FirewallStep located(Places places) {
        return changes.stream().anyMatch(DeleteLike.class::isInstance)
                ? RuleChanges.located(places.at(place), this)
                : this;
    }

    @Override
    public void apply(Places places) {
        RuleChanges.apply(places.at(place), this);
    }

    /** A command line for nft, in quotes where a shell would make something else of it. */
    static String nft(Place place, String words) {
        boolean plain = words.matches("[A-Za-z0-9_@%+=:,./ -]+");
        return place.run("nft " + (plain ? words : Words.quote(words)));
    }

    static String chain(RuleMessage rule) {
        return rule.familyName() + " " + rule.table() + " " + rule.chain();
    }

    private static FirewallStep elements(
            String verb,
            Place place,
            TableFamily family,
            String table,
            String set,
            List<SetElement> elements,
            String line) {
        List<Change> changes = ElementsMessage.of(family, table, set, 0, elements).stream()
                .<Change>map(message -> verb.equals("add") ? new Add(message) : new Delete(message))
                .toList();
        String words = verb + " element " + family + " " + table + " " + set + " { " + line + " }";
        return new FirewallStep(place, changes, List.of(nft(place, words)));
    }
}
