package dev.lasthop.path;

import dev.lasthop.address.Flow;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.path.filter.FilterWalk;
import dev.lasthop.topology.NamespaceState;
import dev.lasthop.topology.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Predicts the way of a packet and of its reply, from what the kernel said of the namespaces. Sends nothing, asks nobody. */
public final class Predictor {
    private static final int OF_THE_SENDER = 0; // time to live

    private Predictor() {}

    /** The way there and, where the request is delivered, the way back. */
    public static Prediction predict(Snapshot snapshot, Question question) {
        return predict(snapshot, question, new FilterWalk());
    }

    /** @param filtering how packet filters decide */
    public static Prediction predict(Snapshot snapshot, Question question, Filtering filtering) {
        Optional<NamespaceState> source = snapshot.namespace(question.source());
        if (source.isEmpty()) {
            var nowhere = new Hop(question.source(), "", IfIndex.NONE, "", Direction.OUT);
            var needs = new Ending.NeedsNamespace(OptionalLong.of(question.source()), nowhere);
            return new Prediction(question, new Path(List.of(), needs), Optional.empty());
        }
        var journey = new Journey(new Index(snapshot), new Gate(filtering, new Tracker()));
        var request = new Walk(journey, Optional.empty());
        Path there = request.send(source.get(), packet(question), question.sourceAddress());
        if (!(there.ending() instanceof Ending.Delivered delivered)) {
            return new Prediction(question, there, Optional.empty());
        }
        NamespaceState far = snapshot.namespace(delivered.namespace()).orElseThrow();
        Path back = reply(journey, source.get(), far, there, request.delivered());
        return new Prediction(question, there, Optional.of(back));
    }

    private static PacketState packet(Question question) {
        var flow = new Flow(
                question.protocol(),
                question.sourceAddress()
                        .orElse(IpAddress.any(question.destination().family())),
                question.sourcePort(),
                question.destination(),
                question.protocol().isIcmp() ? 0 : question.destinationPort());
        return Packets.plain(
                flow, question.length(), question.dontFragment(), question.timeToLive(), question.mark(), false);
    }

    private static Path reply(
            Journey journey, NamespaceState source, NamespaceState far, Path there, PacketState delivered) {
        Flow sent = sent(there, delivered);
        Flow back = delivered.flow().reversed();
        boolean echo = back.protocol().isIcmp();
        int length = echo ? delivered.length() : Math.min(delivered.length(), 60);
        PacketState packet = Packets.plain(back, length, !echo && delivered.dontFragment(), OF_THE_SENDER, 0, true);
        var walk = new Walk(journey, Optional.of(new Walk.Expected(source, sent.reversed())));
        return walk.send(far, packet, Optional.of(back.source()));
    }

    /** The flow as the sending socket knows it: before NAT in its own OUTPUT hook. */
    private static Flow sent(Path there, PacketState delivered) {
        for (PathElement element : there.elements()) {
            if (element instanceof Stage.NatRewrite rewrite) {
                return rewrite.before();
            }
            if (element instanceof Passage passage) {
                return passage.flow();
            }
        }
        return delivered.flow();
    }
}
