package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Key;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a base chain is called ({@code NFTA_HOOK_*}).
 *
 * @param number {@code enum nf_inet_hooks}: 0 prerouting, 1 input, 2 forward, 3 output, 4 postrouting, 5 ingress; for netdev tables
 *     0 ingress, 1 egress; for arp tables 0 input, 1 output
 * @param priority chains with a lower one are called first
 * @param devices for ingress and egress
 */
public record BaseHook(int number, int priority, List<String> devices) {
    public static final int PREROUTING = 0;
    public static final int INPUT = 1;
    public static final int FORWARD = 2;
    public static final int OUTPUT = 3;
    public static final int POSTROUTING = 4;
    public static final int INET_INGRESS = 5;
    public static final int NETDEV_INGRESS = 0;
    public static final int NETDEV_EGRESS = 1;

    private static final Key<Integer> NUMBER = Key.bigEndian32(1, "NFTA_HOOK_HOOKNUM");
    private static final Key<Integer> PRIORITY = Key.bigEndian32(2, "NFTA_HOOK_PRIORITY");
    private static final Key<String> DEVICE = Key.string(3, "NFTA_HOOK_DEV");
    private static final Key<Attributes> DEVICES = Key.flaggedNested(4, "NFTA_HOOK_DEVS");
    private static final Key<String> DEVICE_NAME = Key.string(1, "NFTA_DEVICE_NAME");

    public BaseHook {
        devices = List.copyOf(devices);
    }

    public BaseHook(int number, int priority) {
        this(number, priority, List.of());
    }

    Attributes encode() {
        Fields fields = new Fields().put(NUMBER, number).put(PRIORITY, priority);
        if (devices.size() == 1) {
            fields.put(DEVICE, devices.getFirst());
        } else if (!devices.isEmpty()) {
            fields.put(
                    DEVICES,
                    new Attributes(devices.stream().map(DEVICE_NAME::to).toList()));
        }
        return fields.done();
    }

    static BaseHook decode(Attributes in) {
        var devices = new ArrayList<String>(
                in.get(DEVICES).map(list -> list.each(DEVICE_NAME)).orElse(List.of()));
        in.get(DEVICE).filter(device -> !devices.contains(device)).ifPresent(devices::add);
        return new BaseHook(Fields.number(in, NUMBER), Fields.number(in, PRIORITY), devices);
    }
}
