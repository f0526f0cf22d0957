package dev.lasthop.wiring;

import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Rate;
import java.util.Optional;

/**
 * How fast an endpoint may receive and send.
 *
 * @param in what goes into it
 * @param out what comes out of it
 */
public record RateLimits(Optional<Rate> in, Optional<Rate> out) implements Setting {
    static final String KEY = "rates";
    static final RateLimits NONE = new RateLimits(Optional.empty(), Optional.empty());

    static RateLimits of(Settings settings) {
        return settings.find(RateLimits.class).orElse(NONE);
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder()
                .putIfPresent("in", in.map(Rate::toString))
                .putIfPresent("out", out.map(Rate::toString))
                .build();
    }

    static RateLimits ofJson(JsonObject json) {
        return new RateLimits(
                json.findString("in").map(Rate::parse), json.findString("out").map(Rate::parse));
    }
}
