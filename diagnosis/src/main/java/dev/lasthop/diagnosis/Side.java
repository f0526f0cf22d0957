package dev.lasthop.diagnosis;

/** Which of a conversation's two journeys is meant. */
public enum Side {
    REQUEST,
    REPLY;

    /** "request" or "reply", as the report says it. */
    @Override
    public String toString() {
        return this == REQUEST ? "request" : "reply";
    }
}
