package dev.lasthop.linux;

/** Whether this kernel, with the rights at hand, can do something: found out by trying, never by a version number. */
public sealed interface Support {
    /** It was tried and it works. */
    record Yes() implements Support {}

    /**
     * It was tried and the kernel said no.
     *
     * @param reason for people: what is missing, and since when there is such a thing
     */
    record No(String reason) implements Support {}

    /**
     * It could not be tried.
     *
     * @param reason why not
     */
    record Unknown(String reason) implements Support {}

    default boolean yes() {
        return this instanceof Yes;
    }

    /** Why it is not a yes; empty if it is. */
    default String why() {
        return switch (this) {
            case Yes() -> "";
            case No(String reason) -> reason;
            case Unknown(String reason) -> reason;
        };
    }
}
