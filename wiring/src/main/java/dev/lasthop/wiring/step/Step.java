package dev.lasthop.wiring.step;

import dev.lasthop.json.JsonObject;
import java.util.List;

/**
 * One change in one network namespace. Wiring, remedies and the lab's injections consist of these and change nothing otherwise.
 *
 * <p>A step is a value. It can be printed as the command lines that an administrator would type for it, written to a journal and read
 * back, asked for what would take it back, and applied; only the last changes anything.
 */
public sealed interface Step
        permits NamespaceStep,
                LinkStep,
                AddressStep,
                RouteStep,
                RuleStep,
                NeighborStep,
                FdbStep,
                SysctlStep,
                TrafficStep,
                FirewallStep,
                LegacyStep,
                ConntrackStep,
                StaleConnectionsStep {
    Place place();

    /** The lines that an administrator would type. */
    List<String> commands();

    /** The lines in one string, between newlines. */
    default String command() {
        return String.join("\n", commands());
    }

    /**
     * What would take this step back, in the order in which it is to be applied. It is worked out from the state that is there now: to
     * be asked before {@link #apply}. Empty where nothing needs to be, or can be, taken back.
     */
    List<Step> undo(Places places);

    /**
     * Makes the change.
     *
     * @throws dev.lasthop.linux.KernelException if the kernel refuses, naming the thing and the place
     */
    void apply(Places places);

    /** The step as the journal keeps it. */
    default JsonObject toJson() {
        return StepJson.write(this);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws dev.lasthop.json.JsonException if it is not a step
     */
    static Step ofJson(JsonObject json) {
        return StepJson.read(json);
    }
}
