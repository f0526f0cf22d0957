package dev.lasthop.lab;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a lab between commands.
 *
 * @param owner the process that it ends with; empty for one that stays until it is taken down
 * @param fault the fault that is in it now
 * @param undo what takes the fault back, in the order in which it is to be applied
 */
record LabState(String name, LabNetwork network, Optional<Owner> owner, Optional<String> fault, List<Step> undo) {
    private static final String SCHEMA = "lasthop.lab-state/1";

    LabState {
        undo = List.copyOf(undo);
    }

    static LabState of(String name, LabNetwork network, Optional<Owner> owner) {
        return new LabState(name, network, owner, Optional.empty(), List.of());
    }

    LabState broken(String id, List<Step> back) {
        return new LabState(name, network, owner, Optional.of(id), back);
    }

    LabState whole() {
        return of(name, network, owner);
    }

    /** Whether its process is gone without having taken it down. */
    boolean isAbandoned() {
        return owner.isPresent() && !owner.get().isAlive();
    }

    JsonObject toJson() {
        JsonObject.Builder out =
                JsonObject.builder().put("schema", SCHEMA).put("name", name).put("network", network.toString());
        owner.ifPresent(process -> out.put(
                "owner",
                JsonObject.builder()
                        .put("pid", process.pid())
                        .put("started", process.started())
                        .build()));
        fault.ifPresent(id -> out.put("fault", id));
        return out.put("undo", undo, Step::toJson).build();
    }

    /** @throws JsonException if it is not what {@link #toJson} wrote */
    static LabState ofJson(JsonObject json) {
        if (!json.string("schema").equals(SCHEMA)) {
            throw new JsonException("\"schema\" must be " + SCHEMA);
        }
        String name = json.string("name");
        if (!LabName.isValid(name)) {
            throw new JsonException("\"name\" is no name for a lab");
        }
        return new LabState(
                name,
                LabNetwork.find(json.string("network"))
                        .orElseThrow(() -> new JsonException("\"network\" is none of the lab's")),
                json.findObject("owner")
                        .map(owner -> new Owner(owner.longInteger("pid"), owner.longInteger("started"))),
                json.findString("fault"),
                json.objects("undo").stream().map(Step::ofJson).toList());
    }
}
