package dev.lasthop.json;

import java.math.BigDecimal;

/** A number, as exact as it was written. */
public record JsonNumber(BigDecimal value) implements JsonValue {
    public static JsonNumber of(long value) {
        return new JsonNumber(BigDecimal.valueOf(value));
    }

    /** @throws IllegalArgumentException for infinities and NaN, which JSON has no word for */
    public static JsonNumber of(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON cannot hold " + value);
        }
        return new JsonNumber(BigDecimal.valueOf(value));
    }

    @Override
    public String kind() {
        return "a number";
    }
}
