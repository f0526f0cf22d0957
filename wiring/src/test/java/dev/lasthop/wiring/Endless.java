package dev.lasthop.wiring;

import dev.lasthop.address.Prefix;
import dev.lasthop.linux.NetworkNamespace;
import dev.lasthop.wiring.step.Place;
import java.nio.file.Path;

/** Wires and unwires without end: to be killed. */
final class Endless {
    private Endless() {}

    /** @param arguments the folders for state and run */
    public static void main(String[] arguments) {
        var folders = new StateFolders(Path.of(arguments[0]), Path.of(arguments[1]));
        var wiring = new Wiring(folders, NetworkNamespace.open(Path.of("/run/netns/host")));
        var spec = NetworkSpec.of("web", Prefix.parse("10.88.0.0/24"), Prefix.parse("fd88::/64"));
        var port = PublishedPort.parse("8081:80");
        System.out.println("ready");
        System.out.flush();
        while (true) {
            wiring.createNetwork(spec);
            wiring.connect(ConnectSpec.of(Place.named("c1"), "web").withPorts(PublishedPort.parse("8080:80")));
            wiring.publish("c1", port);
            wiring.unpublish("c1", port);
            wiring.disconnect("c1", "web");
            wiring.removeNetwork("web");
        }
    }
}
