package dev.lasthop.diagnosis;

/** What became of the packets, in one word. The words are the report's, and stay. */
public enum Verdict {
    /** The request was delivered and the reply came back. */
    HEALTHY("healthy"),
    /** It died in a place that can be seen. */
    DROPPED("dropped"),
    /** No frame of it left the source's interface. */
    NOT_SENT("not-sent"),
    /** It was delivered to the last hop that can be seen, and nothing came back. */
    NO_REPLY("no-reply"),
    /** It left by the uplink unharmed: what is wrong is not on this host. */
    LEFT_HOST("left-host"),
    /** It was answered by a reset, a port-unreachable or an administrative ICMP error. */
    REFUSED("refused"),
    /** Some arrive. */
    DEGRADED("degraded"),
    /** The request or the reply went to the wrong place. */
    MISDELIVERED("misdelivered");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
