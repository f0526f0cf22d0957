package dev.lasthop.tracing;

/**
 * What became of one probe, as its sender saw it.
 *
 * @param error the errno's name where sending or connecting failed, or what an ICMP error said; empty otherwise
 * @param from who sent the ICMP error; empty where none came
 * @param nanos the round trip, where it was answered; 0 otherwise
 */
public record ProbeResult(int number, Outcome outcome, String error, String from, long nanos) {

    /** How it ended. */
    public enum Outcome {
        /** A reply came: echo reply, connection made, datagram. */
        ANSWERED,
        /** A TCP reset, or an ICMP port-unreachable. */
        REFUSED,
        /** An ICMP error other than port-unreachable. */
        ERROR,
        /** The kernel refused to send it. */
        NOT_SENT,
        /** Nothing came within the time. */
        SILENT
    }
}
