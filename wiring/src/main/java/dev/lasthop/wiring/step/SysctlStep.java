package dev.lasthop.wiring.step;

import java.util.List;

/**
 * Sets a kernel parameter of the namespace. The name is written with dots as sysctl(8) has it, or with slashes, which names that hold
 * an interface's dot need: {@code net/ipv4/conf/eth0.5/forwarding}.
 */
public record SysctlStep(Place place, String key, String value) implements Step {
    public SysctlStep {
        Sysctl.path(key); // refuses what would leave /proc/sys/net
    }

    @Override
    public List<String> commands() {
        return List.of(place.run("sysctl -w " + Words.quote(key + "=" + value)));
    }

    /** The value before; for the switches that set others along with them, those too. */
    @Override
    public List<Step> undo(Places places) {
        return Sysctl.undo(places.at(place), this);
    }

    @Override
    public void apply(Places places) {
        Sysctl.write(places.at(place), key, value);
    }
}
