package dev.lasthop.path.filter;

import dev.lasthop.netlink.nftables.Expression;
import dev.lasthop.netlink.nftables.RuleData.Verdict;
import dev.lasthop.path.HookOutcome;
import dev.lasthop.path.HookOutcome.Decision;
import dev.lasthop.path.PacketState;
import dev.lasthop.topology.FirewallChain;
import dev.lasthop.topology.FirewallRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run through the rules at a hook, with one assumption at each place where nothing is known. */
final class Walk {
    private static final int DEPTH = 16; // NFT_JUMP_STACK_SIZE
    private static final int BUDGET = 1_000_000;

    private final Choices choices;
    private final List<Decision> matched = new ArrayList<>();
    private final List<Decision> assumptions = new ArrayList<>();
    private Situation at;
    private Optional<Decision> nat = Optional.empty();
    private Optional<Decision> last = Optional.empty();
    private boolean rejected;
    private boolean queued;
    private int budget = BUDGET;

    Walk(Situation at, Choices choices) {
        this.at = at;
        this.choices = choices;
    }

    /** The rules that the assumptions were made in, one for each. */
    List<Decision> assumptions() {
        return assumptions;
    }

    boolean isTooLong() {
        return budget <= 0;
    }

    HookOutcome run(List<Called> order) {
        for (Called called : order) {
            at = at.at(called.priority());
            if (called.isNat() && !isFirstPacket()) {
                continue;
            }
            boolean translated = false;
            for (BaseChain base : called.chains()) {
                if (translated) {
                    break;
                }
                boolean before = nat.isPresent();
                Verdict verdict = base(base);
                if (queued) {
                    return outcome(HookOutcome.Verdict.QUEUE);
                }
                if (verdict.code() != Verdict.ACCEPT_CODE) {
                    return outcome(rejected ? HookOutcome.Verdict.REJECT : HookOutcome.Verdict.DROP);
                }
                translated = !before && nat.isPresent();
            }
        }
        return outcome(HookOutcome.Verdict.ACCEPT);
    }

    private boolean isFirstPacket() {
        PacketState.Tracking tracking = at.packet().tracking();
        return tracking.state() == PacketState.Tracking.State.NEW && !tracking.reply();
    }

    private HookOutcome outcome(HookOutcome.Verdict verdict) {
        return new HookOutcome(at.packet(), verdict, last, matched, nat);
    }

    private Verdict base(BaseChain base) {
        Verdict verdict = chain(base, base.chain(), 0);
        if (verdict.code() != Verdict.CONTINUE_CODE) {
            return verdict;
        }
        boolean accepts = base.entry().acceptsByDefault();
        Decision policy = base.policy(at.hook(), accepts ? "policy accept" : "policy drop");
        note(policy);
        last = Optional.of(policy);
        return accepts ? Verdict.ACCEPT : Verdict.DROP;
    }

    /** CONTINUE where the packet falls off the end. */
    private Verdict chain(BaseChain base, FirewallChain chain, int depth) {
        for (FirewallRule rule : chain.rules()) {
            if (budget-- <= 0) {
                return Verdict.DROP;
            }
            Verdict verdict = rule(base, chain, rule);
            switch (verdict.code()) {
                case Verdict.CONTINUE_CODE, Verdict.BREAK_CODE -> {}
                case Verdict.RETURN_CODE -> {
                    return Verdict.CONTINUE;
                }
                case Verdict.JUMP_CODE, Verdict.GOTO_CODE -> {
                    Optional<FirewallChain> target = base.table().chain(verdict.chain());
                    if (target.isPresent() && depth < DEPTH) {
                        Verdict inner = chain(base, target.get(), depth + 1);
                        if (inner.code() != Verdict.CONTINUE_CODE || verdict.code() == Verdict.GOTO_CODE) {
                            return inner;
                        }
                    }
                }
                default -> {
                    return verdict;
                }
            }
        }
        return Verdict.CONTINUE;
    }

    private Verdict rule(BaseChain base, FirewallChain chain, FirewallRule rule) {
        var steps = new Steps(base.table(), at, choices);
        var actions = new ArrayList<String>();
        Effect effect = Effect.next(at.packet());
        for (Expression expression : rule.expressions()) {
            int before = choices.count();
            effect = steps.run(expression);
            for (int i = before; i < choices.count(); i++) {
                assumptions.add(base.rule(at.hook(), chain, rule, "cannot be known beforehand"));
            }
            effect.action().ifPresent(actions::add);
            if (effect.verdict().code() != Verdict.CONTINUE_CODE) {
                break;
            }
        }
        at = at.with(effect.packet()); // what earlier steps changed stays changed, whether or not the rule goes through
        if (effect.verdict().code() == Verdict.BREAK_CODE) {
            return effect.verdict();
        }
        Decision decision =
                base.rule(at.hook(), chain, rule, actions.isEmpty() ? "continue" : String.join(", ", actions));
        note(decision);
        nat = effect.isNat() ? Optional.of(decision) : nat;
        rejected = effect.isReject();
        queued = (effect.verdict().code() & 0xff) == Verdict.QUEUE_CODE
                && effect.verdict().code() > 0;
        if (effect.verdict().code() >= 0) {
            last = Optional.of(decision);
        }
        return effect.verdict();
    }

    private void note(Decision decision) {
        matched.add(decision);
    }
}
