package dev.lasthop.wiring.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import dev.lasthop.testing.TestNetwork;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes a step in a namespace, asks another program what it did, and takes it back: each read from its JSON first. */
record StepCheck(TestNetwork network, Places places, String namespace) {
    void check(Step step, String command, String question, String... shows) {
        assertThat(step.command()).isEqualTo(command);
        List<String> before = KernelState.of(network, namespace);
        List<Step> undo = step.undo(places).stream().map(StepCheck::copy).toList();
        assertThat(copy(step).toJson()).isEqualTo(step.toJson());
        copy(step).apply(places);
        assertThat(network.in(namespace, question.split(" "))).contains(shows);
        assertThat(Undo.all(undo, places)).isEmpty();
        KernelState.settled(network, namespace, before, "after undoing " + command);
    }

    private static Step copy(Step step) {
        JsonObject json = step.toJson();
        return Step.ofJson(Json.readObject(Json.compact(json).getBytes(StandardCharsets.UTF_8), Limits.DEFAULT));
    }
}
