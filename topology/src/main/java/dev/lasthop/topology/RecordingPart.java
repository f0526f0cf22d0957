package dev.lasthop.topology;

/**
 * Reads one part of a namespace: the firewall, the connections, the sockets. It is called on a thread that is in the namespace;
 * sockets that it opens are of that namespace.
 */
@FunctionalInterface
public interface RecordingPart {
    void record(SourceSink sink);
}
