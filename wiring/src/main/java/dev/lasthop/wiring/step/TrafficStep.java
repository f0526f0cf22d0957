package dev.lasthop.wiring.step;

import java.util.List;

/** Changes of traffic control: how fast a link may send, and where what it receives goes. */
public sealed interface TrafficStep extends Step {
    String link();

    /** What {@code tc} is told. */
    String words();

    @Override
    default List<String> commands() {
        return List.of(place().tc(words()));
    }

    @Override
    default void apply(Places places) {
        Traffic.apply(places.at(place()), this);
    }

    /**
     * Lets a link send no faster than a rate: a token bucket ({@code tbf}) at its root, in place of the one that is there.
     *
     * @param burst how many bytes may go at once
     * @param limit how many bytes may wait, the burst's included; what comes on top of that is dropped
     */
    record Limit(Place place, String link, Rate rate, int burst, int limit) implements TrafficStep {
        private static final int BURSTS_A_SECOND = 100;
        private static final int LEAST_BURST = 4; // frames
        private static final int LEAST_QUEUE = 16; // frames
        private static final int WAITS_A_SECOND = 20; // what waits, waits for 50 ms
        private static final int HEADER = 18; // Ethernet with a VLAN tag

        /** With a burst of 10 ms, a queue of 50 ms, and room for some frames of this MTU in each. */
        public static Limit of(Place place, String link, Rate rate, int mtu) {
            long frame = (long) mtu + HEADER;
            long burst = Math.max(rate.bytesPerSecond() / BURSTS_A_SECOND, LEAST_BURST * frame);
            long queue = Math.max(rate.bytesPerSecond() / WAITS_A_SECOND, LEAST_QUEUE * frame);
            return new Limit(place, link, rate, small(burst), small(burst + queue));
        }

        private static int small(long bytes) {
            return (int) Math.min(Integer.MAX_VALUE, bytes);
        }

        @Override
        public String words() {
            return Words.of("qdisc replace dev")
                    .add(link)
                    .add("root")
                    .add("handle", "1:")
                    .add("tbf")
                    .add("rate", rate)
                    .add("burst", burst + "b")
                    .add("limit", limit + "b")
                    .toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return Traffic.undoLimit(places.at(place), this);
        }
    }

    /** Lets a link send as fast as it can. */
    record Unlimit(Place place, String link) implements TrafficStep {
        @Override
        public String words() {
            return Words.of("qdisc del dev").add(link).add("root").toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return Traffic.limitOf(places.at(place), link).stream()
                    .<Step>map(before -> before)
                    .toList();
        }
    }

    /** Lets filters see what a link receives and sends ({@code clsact}). */
    record AddClassifier(Place place, String link) implements TrafficStep {
        @Override
        public String words() {
            return Words.of("qdisc add dev").add(link).add("clsact").toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return Traffic.hasClassifier(places.at(place), link)
                    ? List.of()
                    : List.of(new DeleteClassifier(place, link));
        }
    }

    /** Takes {@link AddClassifier} back, if no filters hang there any more. */
    record DeleteClassifier(Place place, String link) implements TrafficStep {
        @Override
        public String words() {
            return Words.of("qdisc del dev").add(link).add("clsact").toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return Traffic.hasClassifier(places.at(place), link) ? List.of(new AddClassifier(place, link)) : List.of();
        }
    }

    /** What a link receives goes out by another link first, which sends it on to where it was received; needs {@link AddClassifier}. */
    record Redirect(Place place, String link, String to) implements TrafficStep {
        @Override
        public String words() {
            return Words.of("filter add dev")
                            .add(link)
                            .add("ingress")
                            .add("protocol", "all")
                            .add("prio", Traffic.PRIORITY)
                            .toString()
                    + Words.of(" u32 match u32 0 0 action mirred egress redirect dev")
                            .add(to);
        }

        @Override
        public List<Step> undo(Places places) {
            return Traffic.redirection(places.at(place), link).isPresent()
                    ? List.of()
                    : List.of(new DeleteRedirect(place, link));
        }
    }

    /** Takes {@link Redirect} back. */
    record DeleteRedirect(Place place, String link) implements TrafficStep {
        @Override
        public String words() {
            return Words.of("filter del dev")
                    .add(link)
                    .add("ingress")
                    .add("prio", Traffic.PRIORITY)
                    .toString();
        }

        @Override
        public List<Step> undo(Places places) {
            return Traffic.redirection(places.at(place), link).stream()
                    .<Step>map(to -> new Redirect(place, link, to))
                    .toList();
        }
    }
}
