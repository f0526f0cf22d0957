package dev.lasthop.topology;

import dev.lasthop.netlink.Bytes;
import java.util.ArrayList;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A recording made by one part of the recorder. */
final class Recorded {
    private Recorded() {}

    static Recording by(Consumer<SourceSink> recorder) {
        var sources = new TreeMap<String, Bytes>();
        var gaps = new ArrayList<Recording.Gap>();
        recorder.accept(new SourceSink() {
            @Override
            public void put(String source, Bytes bytes) {
                sources.put(source, bytes);
            }

            @Override
            public void gap(String source, String reason) {
                gaps.add(new Recording.Gap(source, reason));
            }
        });
        return new Recording(1, "host", sources, new TreeMap<>(), gaps);
    }
}
