package dev.lasthop.topology;

import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Dump;
import dev.lasthop.netlink.NetlinkMessage;

/**
 * Takes what the kernel said, under the name of its source. A part of the recorder asks the kernel on the thread that it is called
 * on, which is in the namespace that is recorded, and hands over the answers undecoded.
 */
public interface SourceSink {
    /** @param source its name, unique within the recording: {@code route/links} */
    void put(String source, Bytes bytes);

    /** Something could not be read, or not whole. */
    void gap(String source, String reason);

    /** A dump's messages one behind the other; a gap as well if it was interrupted each time. */
    default void put(String source, Dump dump) {
        put(source, NetlinkMessage.encode(dump.messages()));
        if (dump.interrupted()) {
            gap(source, "it changed while it was being read, each time it was tried");
        }
    }

    /** Reads one source; the kernel's no becomes a gap. */
    default void attempt(String source, Reading reading) {
        try {
            reading.read();
        } catch (dev.lasthop.linux.KernelException e) {
            gap(source, e.getMessage() == null ? e.errno().name() : e.getMessage());
        }
    }

    /** Asks the kernel and puts the answer. */
    @FunctionalInterface
    interface Reading {
        void read();
    }
}
