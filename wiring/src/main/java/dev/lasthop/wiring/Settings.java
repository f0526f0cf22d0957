package dev.lasthop.wiring;

import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The settings of a network or an endpoint, at most one of each kind, in the order of their keys.
 *
 * <p>{@code endpoint.settings().find(AttachedLink.class)}
 */
public record Settings(List<Setting> all) {
    public static final Settings NONE = new Settings(List.of());

    public Settings {
        all = all.stream().sorted(Comparator.comparing(Setting::key)).toList();
    }

    public <T extends Setting> Optional<T> find(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    public boolean has(Class<? extends Setting> kind) {
        return find(kind).isPresent();
    }

    /** With one more, or in place of the one of the same kind. */
    public Settings with(Setting setting) {
        return new Settings(Stream.concat(without(setting.getClass()).all.stream(), Stream.of(setting))
                .toList());
    }

    public Settings without(Class<? extends Setting> kind) {
        return new Settings(
                all.stream().filter(setting -> !kind.isInstance(setting)).toList());
    }

    JsonObject toJson() {
        JsonObject.Builder json = JsonObject.builder();
        all.forEach(setting -> json.put(setting.key(), setting.toJson()));
        return json.build();
    }

    /** Of the member {@code settings}; none where there is no such member, as in what older versions wrote. */
    static Settings ofMember(JsonObject record) {
        JsonObject json = record.findObject("settings").orElse(JsonObject.EMPTY);
        return new Settings(json.members().entrySet().stream()
                .map(member -> {
                    if (member.getValue() instanceof JsonObject object) {
                        return Setting.ofJson(member.getKey(), object);
                    }
                    throw new JsonException("setting \"" + member.getKey() + "\" must be an object");
                })
                .toList());
    }
}
