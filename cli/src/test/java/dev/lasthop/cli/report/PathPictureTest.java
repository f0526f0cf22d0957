package dev.lasthop.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.cli.frame.Terminal;
import dev.lasthop.diagnosis.JourneyHop;
import dev.lasthop.diagnosis.Report;
import dev.lasthop.diagnosis.Side;
import dev.lasthop.diagnosis.Verdict;
import dev.lasthop.path.Direction;
import dev.lasthop.path.Hop;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PathPictureTest {
    private static final Hop CONTAINER = new Hop(1, "netns:c", new IfIndex(2), "eth0", Direction.OUT);
    private static final Hop BRIDGE = new Hop(2, "netns:node", new IfIndex(3), "docker0", Direction.IN);
    private static final Hop UPLINK = new Hop(2, "netns:node", new IfIndex(4), "eth0", Direction.OUT);
    private static final Flow FLOW =
            new Flow(Protocol.ICMP, IpAddress.parse("172.17.1.2"), 1, IpAddress.parse("192.0.2.1"), 0);

    @Test
    void aLossIsDrawnWhereItHappened() {
        Report report = report(
                Verdict.DROPPED,
                Optional.of(BRIDGE),
                List.of(hop(CONTAINER, true, 3), hop(BRIDGE, true, 3), hop(UPLINK, true, 0)));
        assertThat(PathPicture.lines(report, new Terminal(false, false, 80)))
                .containsExactly(
                        "request",
                        "  c     eth0     out  ***  3 of 3",
                        "  node  docker0  in   ***  3 of 3",
                        "  ---- X the last hop where it was seen ----",
                        "  node  eth0     out  ...  0 of 3");
    }

    @Test
    void aHopWhereNothingWasSeenIsNotSaidToBeOne() {
        Report report = report(Verdict.NOT_SENT, Optional.of(CONTAINER), List.of(hop(CONTAINER, true, 0)));
        assertThat(PathPicture.lines(report, Terminal.NONE)).last().asString().contains("it did not get out here");
    }

    @Test
    void aHopOffThePredictedWayIsSaidToBe() {
        Report report =
                report(Verdict.HEALTHY, Optional.empty(), List.of(hop(CONTAINER, true, 3), hop(UPLINK, false, 3)));
        assertThat(PathPicture.lines(report, Terminal.NONE)).last().asString().endsWith("(not on the predicted way)");
    }

    @Test
    void nothingSeenAtAllIsSaid() {
        assertThat(PathPicture.lines(report(Verdict.NOT_SENT, Optional.empty(), List.of()), Terminal.NONE))
                .hasSize(1)
                .first()
                .asString()
                .contains("nothing was seen");
    }

    private static JourneyHop hop(Hop hop, boolean expected, int seen) {
        return new JourneyHop(Side.REQUEST, hop, FLOW, expected, seen);
    }

    private static Report report(Verdict verdict, Optional<Hop> last, List<JourneyHop> hops) {
        return new Report(
                "netns:c",
                "192.0.2.1",
                "icmp",
                "ipv4",
                verdict,
                Side.REQUEST,
                last,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                hops,
                new Report.Counts(3, 0, 0),
                "bpf",
                List.of(),
                1);
    }
}
