package dev.lasthop.path;

import dev.lasthop.address.IfIndex;
import dev.lasthop.topology.ListeningSocket;
import java.util.Optional;
import java.util.OptionalLong;

/** How a packet's way ends. */
public sealed interface Ending {
    /**
     * It reached who it was for.
     *
     * @param socket that takes it; empty for ICMP and for replies
     */
    record Delivered(long namespace, String namespaceName, IfIndex link, Optional<ListeningSocket> socket)
            implements Ending {}

    /**
     * It goes no further.
     *
     * @param last the last interface that it passed; empty if it never reached one
     * @param next the interface where it would have been seen next, where that is known
     */
    record Stopped(Obstacle obstacle, Optional<Hop> last, Optional<Hop> next) implements Ending {}

    /** It leaves by an interface whose other side cannot be seen from here. */
    record LeftHost(Hop hop) implements Ending {}

    /**
     * It enters a namespace that the snapshot lacks: load it and ask again.
     *
     * @param through where it leaves the namespaces that are known
     */
    record NeedsNamespace(OptionalLong inode, Hop through) implements Ending {}

    /** What happens here depends on something that cannot be known beforehand. */
    record Unknown(String why, Optional<Hop> last) implements Ending {}
}
