package dev.lasthop.path.filter;

/** Yes, no, or not to be known beforehand. */
enum Truth {
    NO,
    YES,
    UNKNOWN;

    static Truth of(boolean value) {
        return value ? YES : NO;
    }

    Truth not() {
        return switch (this) {
            case NO -> YES;
            case YES -> NO;
            case UNKNOWN -> UNKNOWN;
        };
    }

    Truth and(Truth other) {
        return this == NO || other == NO ? NO : this == YES && other == YES ? YES : UNKNOWN;
    }

    Truth or(Truth other) {
        return not().and(other.not()).not();
    }

    /** This, or its opposite. */
    Truth inverted(boolean inverted) {
        return inverted ? not() : this;
    }
}
