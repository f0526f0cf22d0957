package dev.lasthop.diagnosis.faults;

import dev.lasthop.diagnosis.Scene;
import java.util.function.Function;

/** The places of the lab's scene where injected faults have the packets seen last: {@code netns:lab-node docker0 in}. */
final class At {
    static final Function<Scene, String> CONTAINER_OUT =
            scene -> scene.container().label() + " " + scene.containerLink() + " out";
    static final Function<Scene, String> CONTAINER_IN =
            scene -> scene.container().label() + " " + scene.containerLink() + " in";
    static final Function<Scene, String> HOST_END_IN = scene -> scene.node().label() + " " + scene.hostEnd() + " in";
    static final Function<Scene, String> BRIDGE_IN = scene -> scene.node().label() + " " + scene.bridge() + " in";
    static final Function<Scene, String> UPLINK_IN = scene -> scene.node().label() + " " + scene.uplink() + " in";
    static final Function<Scene, String> OUTSIDE_IN =
            scene -> scene.outside().label() + " " + scene.outsideLink() + " in";

    private At() {}
}
