package dev.lasthop.containers;

import java.util.List;
import java.util.OptionalLong;

/** A container engine, as far as it knows names. Asked by its own socket or its own state files; no program is run. */
interface Engine {
    /** What stands before the colon: {@code docker}. */
    String prefix();

    /**
     * Its containers; none, quickly, where the engine is not there.
     *
     * @throws EndpointException if it is there and cannot be asked
     */
    List<Container> containers();

    /** The container's first process; empty if it has ended meanwhile. */
    OptionalLong pid(Container container);

    /**
     * A container.
     *
     * @param id in hexadecimal digits, or (containerd) whatever its maker chose
     * @param names without a leading slash; may be empty
     */
    record Container(String id, List<String> names, boolean running) {
        public Container {
            names = List.copyOf(names);
        }

        /** What it is called where one name is wanted. */
        String label() {
            return names.isEmpty() ? id.substring(0, Math.min(12, id.length())) : names.getFirst();
        }
    }
}
