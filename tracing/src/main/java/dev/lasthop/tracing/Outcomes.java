package dev.lasthop.tracing;

import dev.lasthop.address.Protocol;
import dev.lasthop.packet.Icmp;
import dev.lasthop.packet.probe.Probe;
import dev.lasthop.packet.probe.ProbeEvent;
import dev.lasthop.tracing.ProbeResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has become of each probe so far. The first word that settles it counts; an answer outweighs an error. */
final class Outcomes {
    private final Probe probe;
    private final @Nullable ProbeResult[] results;

    Outcomes(Probe probe, int count) {
        this.probe = probe;
        this.results = new ProbeResult[count];
    }

    void note(ProbeEvent event) {
        switch (event) {
            case ProbeEvent.Sent sent -> {}
            case ProbeEvent.Closed closed -> {}
            case ProbeEvent.Answered answered ->
                settle(new ProbeResult(
                        answered.sequence(),
                        Outcome.ANSWERED,
                        "",
                        answered.from().toString(),
                        answered.roundTripNanos()));
            case ProbeEvent.Connected connected -> {
                if (!carriesPayload()) {
                    settle(new ProbeResult(connected.sequence(), Outcome.ANSWERED, "", "", connected.roundTripNanos()));
                }
            }
            case ProbeEvent.Acknowledged acknowledged ->
                settle(new ProbeResult(acknowledged.sequence(), Outcome.ANSWERED, "", "", 0));
            case ProbeEvent.Refused refused -> settle(result(refused));
            case ProbeEvent.SendFailed failed ->
                settle(new ProbeResult(
                        failed.sequence(), Outcome.NOT_SENT, failed.errno().name(), "", 0));
            case ProbeEvent.IcmpError error -> settle(result(error));
        }
    }

    /** Whether a TCP probe is more than a handshake: then it counts only once its data has been acknowledged. */
    private boolean carriesPayload() {
        return probe.protocol().equals(Protocol.TCP) && probe.size() > 0;
    }

    /** A service that takes connections and hangs up on what it did not want to read has been reached all the same. */
    private static ProbeResult result(ProbeEvent.Refused refused) {
        return refused.connected()
                ? new ProbeResult(refused.sequence(), Outcome.ANSWERED, "", "", refused.roundTripNanos())
                : new ProbeResult(refused.sequence(), Outcome.REFUSED, "ECONNREFUSED", "", refused.roundTripNanos());
    }

    private ProbeResult result(ProbeEvent.IcmpError error) {
        var icmp = new Icmp(
                probe.family(), error.type(), error.code(), 0, error.mtu().orElse(0));
        return new ProbeResult(
                error.sequence(),
                icmp.isPortUnreachable() ? Outcome.REFUSED : Outcome.ERROR,
                IcmpText.of(icmp),
                error.from().map(Object::toString).orElse(""),
                0);
    }

    private void settle(ProbeResult result) {
        int number = result.number();
        if (number < 0 || number >= results.length) {
            return;
        }
        ProbeResult before = results[number];
        if (before == null || result.outcome() == Outcome.ANSWERED) {
            results[number] = result;
        }
    }

    boolean complete() {
        for (ProbeResult result : results) {
            if (result == null) {
                return false;
            }
        }
        return true;
    }

    List<ProbeResult> results() {
        var all = new ArrayList<ProbeResult>();
        for (int i = 0; i < results.length; i++) {
            ProbeResult result = results[i];
            all.add(result == null ? new ProbeResult(i, Outcome.SILENT, "", "", 0) : result);
        }
        return all;
    }
}
