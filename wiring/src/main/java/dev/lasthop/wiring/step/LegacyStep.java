package dev.lasthop.wiring.step;

import dev.lasthop.address.Family;
import dev.lasthop.linux.Fd;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.xtables.XtChange;
import dev.lasthop.netlink.xtables.XtTable;
import java.util.List;

/**
 * Puts a rule into a table that {@code iptables-legacy} edits, or takes one out.
 *
 * @param position from 1; 0 to take out the first rule that has these bytes
 * @param rule of {@link dev.lasthop.netlink.xtables.XtEntry}
 * @param words as iptables writes the rule: {@code -s 10.0.0.1 -j ACCEPT}
 */
public record LegacyStep(Place place, Family family, String table, String chain, int position, Bytes rule, String words)
        implements Step {
    @Override
    public List<String> commands() {
        String program = family == Family.IPV4 ? "iptables-legacy" : "ip6tables-legacy";
        String how = position == 0 ? "-D " + chain : "-I " + chain + " " + position;
        return List.of(place.run(program + " -t " + table + " " + how + " " + words));
    }

    @Override
    public List<Step> undo(Places places) {
        return position == 0 ? List.of() : List.of(new LegacyStep(place, family, table, chain, 0, rule, words));
    }

    @Override
    public void apply(Places places) {
        try {
            places.at(place).namespace().run(this::change);
        } catch (KernelException e) {
            throw new KernelException(e.operation() + ", in " + place.label(), e.errno(), e.reason());
        }
    }

    private void change() {
        try (Fd socket = XtTable.open(family)) {
            if (position == 0) {
                XtChange.delete(socket, family, table, chain, rule);
            } else {
                XtChange.insert(socket, family, table, chain, position, rule);
            }
        }
    }
}
