package dev.lasthop.diagnosis;

import dev.lasthop.path.Hop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One cause that explains what was seen.
 *
 * @param explanation one paragraph in plain words, naming the things at hand
 * @param confidence from 0 to 1
 * @param verdict what became of the packets if this is the cause; empty: what the observation says
 * @param side which journey it breaks; empty: what the observation says
 * @param lastHop where the packet was last, if the cause knows better than the bracket
 */
public record Finding(
        Fault fault,
        String explanation,
        double confidence,
        List<Evidence> evidence,
        List<Remedy> remedies,
        Optional<Verdict> verdict,
        Optional<Side> side,
        Optional<Hop> lastHop,
        Optional<Hop> nextHop) {
    public Finding {
        evidence = List.copyOf(evidence);
        remedies = List.copyOf(remedies);
    }

    public static Finding of(Fault fault, double confidence, String explanation) {
        return new Finding(
                fault,
                explanation,
                confidence,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public Finding because(String kind, String text) {
        var more = new ArrayList<>(evidence);
        more.add(new Evidence(kind, text));
        return new Finding(fault, explanation, confidence, more, remedies, verdict, side, lastHop, nextHop);
    }

    public Finding because(List<Evidence> others) {
        var more = new ArrayList<>(evidence);
        more.addAll(others);
        return new Finding(fault, explanation, confidence, more, remedies, verdict, side, lastHop, nextHop);
    }

    public Finding mendedBy(Remedy remedy) {
        var more = new ArrayList<>(remedies);
        more.add(remedy);
        return new Finding(fault, explanation, confidence, evidence, more, verdict, side, lastHop, nextHop);
    }

    public Finding on(Side other) {
        return new Finding(
                fault, explanation, confidence, evidence, remedies, verdict, Optional.of(other), lastHop, nextHop);
    }

    public Finding as(Verdict other) {
        return new Finding(
                fault, explanation, confidence, evidence, remedies, Optional.of(other), side, lastHop, nextHop);
    }

    public Finding between(Optional<Hop> last, Optional<Hop> next) {
        return new Finding(fault, explanation, confidence, evidence, remedies, verdict, side, last, next);
    }

    public Finding withConfidence(double other) {
        return new Finding(fault, explanation, other, evidence, remedies, verdict, side, lastHop, nextHop);
    }
}
