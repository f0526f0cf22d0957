package dev.lasthop.wiring.step;

import dev.lasthop.address.IfIndex;
import dev.lasthop.address.MacAddress;
import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.route.LinkKinds;
import dev.lasthop.netlink.route.LinkMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/** {@link LinkStep}s, by netlink. */
final class Links {
    private static final Duration LEAVING = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private Links() {}

    static void apply(LinkStep step, Places places) {
        switch (step) {
            case LinkStep.CreateVeth s -> createVeth(places, s);
            case LinkStep.Create s -> create(places, s);
            case LinkStep.CreateInside s -> createInside(places, s);
            case LinkStep.Delete s -> delete(places, s);
            case LinkStep.Move s -> move(places, s);
            case LinkStep.Rename s -> rename(places, s);
            case LinkStep.Flag s -> flag(places, s);
            case LinkStep.Mtu s -> mtu(places, s);
            case LinkStep.Mac s -> mac(places, s);
            case LinkStep.Group s -> group(places, s);
            case LinkStep.Master s -> master(places, s);
            case LinkStep.PortOption s -> portOption(places, s);
            case LinkStep.BridgeOption s -> bridgeOption(places, s);
            case LinkStep.AddVlans s -> PortVlans.add(places, s);
            case LinkStep.DeleteVlans s -> PortVlans.delete(places, s);
        }
    }

    private static void createVeth(Places places, LinkStep.CreateVeth step) {
        Site site = places.at(step.end().place());
        Site other = places.at(step.peer().place());
        LinkMessage peer = LinkMessage.of(LinkMessage.IFNAME.to(step.peer().name()))
                .with(attributes(step.peer()))
                .with(LinkMessage.NET_NS_FD.to(other.namespace().fd().raw()));
        LinkMessage veth = LinkMessage.veth(step.end().name(), peer).with(attributes(step.end()));
        String ends = step.end().name() + " and " + step.peer().name() + " in " + other.label();
        site.change("create veth pair " + ends, () -> site.route().create(veth));
    }

    private static void create(Places places, LinkStep.Create step) {
        Site site = places.at(step.place());
        LinkMessage link = create(site, step.name(), step.kind()).with(attributes(step.mac(), step.mtu()));
        site.change(
                "create " + step.kind().kernelName() + " " + step.name(),
                () -> site.route().create(link));
    }

    private static void createInside(Places places, LinkStep.CreateInside step) {
        Site site = places.at(step.place());
        Site inside = places.at(step.end().place());
        LinkMessage link = create(site, step.name(), step.kind())
                .with(attributes(step.end()))
                .with(LinkMessage.NET_NS_FD.to(inside.namespace().fd().raw()));
        site.change(
                "create " + step.kind().kernelName() + " " + step.name() + " for " + inside.label(),
                () -> createAlone(site, step.kind(), link));
    }

    /**
     * A parent takes one macvlan in mode passthru, and says EINVAL to a second. The first may be that of a namespace which is gone, and
     * which the kernel takes down a moment after.
     */
    private static void createAlone(Site site, LinkStep.Kind kind, LinkMessage link) {
        boolean alone = kind instanceof LinkStep.Macvlan macvlan && macvlan.mode() == LinkStep.MacvlanMode.PASSTHRU;
        long end = System.nanoTime() + LEAVING.toNanos();
        while (true) {
            try {
                site.route().create(link);
                return;
            } catch (KernelException e) {
                if (!alone || !e.is(Errno.EINVAL) || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static LinkMessage create(Site site, String name, LinkStep.Kind kind) {
        LinkMessage link = LinkMessage.create(name, kind.kernelName(), data(site, kind));
        return kind.shares()
                .map(parent -> link.with(LinkMessage.LINK.to(site.index(parent).value())))
                .orElse(link);
    }

    private static void group(Places places, LinkStep.Group step) {
        change(places.at(step.place()), step.name(), "set the group of", LinkMessage.GROUP.to(step.number()));
    }

    private static void delete(Places places, LinkStep.Delete step) {
        Site site = places.at(step.place());
        IfIndex index = site.index(step.name());
        site.change("delete interface " + step.name(), () -> Deletion.of(site, index));
    }

    private static void move(Places places, LinkStep.Move step) {
        Site to = places.at(step.to());
        change(
                places.at(step.place()),
                step.name(),
                "move to " + to.label() + " as " + step.newName() + " interface",
                LinkMessage.NET_NS_FD.to(to.namespace().fd().raw()),
                LinkMessage.IFNAME.to(step.newName()));
    }

    private static void rename(Places places, LinkStep.Rename step) {
        change(
                places.at(step.place()),
                step.name(),
                "rename to " + step.newName() + " interface",
                LinkMessage.IFNAME.to(step.newName()));
    }

    private static void flag(Places places, LinkStep.Flag step) {
        Site site = places.at(step.place());
        int bit = step.flag().bit();
        LinkMessage message = LinkMessage.at(site.index(step.name())).withFlags(step.on() ? bit : 0, bit);
        site.change(
                "set " + step.flag().words(step.on()) + " interface " + step.name(),
                () -> site.route().change(message));
    }

    private static void mtu(Places places, LinkStep.Mtu step) {
        change(
                places.at(step.place()),
                step.name(),
                "set MTU " + step.mtu() + " of interface",
                LinkMessage.MTU.to(step.mtu()));
    }

    private static void mac(Places places, LinkStep.Mac step) {
        change(
                places.at(step.place()),
                step.name(),
                "set MAC address " + step.mac() + " of interface",
                LinkMessage.mac(step.mac()));
    }

    private static void master(Places places, LinkStep.Master step) {
        Site site = places.at(step.place());
        int master = step.master().map(name -> site.index(name).value()).orElse(0);
        String operation =
                step.master().map(name -> "attach to " + name).orElse("detach from its bridge") + " interface";
        try {
            change(site, step.name(), operation, LinkMessage.MASTER.to(master));
        } catch (KernelException e) {
            throw e.is(Errno.EXFULL)
                    ? new KernelException(
                            e.operation(),
                            e.errno(),
                            step.master().orElse("the bridge")
                                    + " has 1023 ports, and the kernel gives a bridge no more (BR_MAX_PORTS). Connect to"
                                    + " another network; lasthop network create makes one")
                    : e;
        }
    }

    private static void portOption(Places places, LinkStep.PortOption step) {
        Site site = places.at(step.place());
        LinkMessage message = LinkMessage.bridgePort(
                site.index(step.name()),
                Key.u8(step.option().attribute(), "IFLA_BRPORT_" + step.option())
                        .to(step.value()));
        site.change(
                "set " + step.option().words(step.value()) + " on bridge port " + step.name(),
                () -> site.route().change(message));
    }

    private static void bridgeOption(Places places, LinkStep.BridgeOption step) {
        Site site = places.at(step.place());
        LinkMessage message = LinkMessage.at(
                site.index(step.name()),
                LinkMessage.info("bridge", bridgeKey(step.option()).to(step.value())));
        String operation = "set " + step.option() + " " + step.value() + " of bridge " + step.name();
        if (step.option() == LinkStep.BridgeSetting.VLAN_FILTERING) {
            PortVlans.filter(site, operation, message);
        } else {
            site.change(operation, () -> site.route().change(message));
        }
    }

    static boolean hasFlag(Site site, String name, LinkStep.LinkFlag flag) {
        return (site.link(name).flags() & flag.bit()) != 0;
    }

    static int mtu(Site site, String name) {
        return site.link(name).attributes().get(LinkMessage.MTU).orElse(0);
    }

    static int group(Site site, String name) {
        return site.link(name).attributes().get(LinkMessage.GROUP).orElse(0);
    }

    static Optional<MacAddress> mac(Site site, String name) {
        return mac(site.link(name));
    }

    static Optional<MacAddress> mac(LinkMessage link) {
        return link.attributes()
                .get(LinkMessage.ADDRESS)
                .map(Bytes::toArray)
                .filter(bytes -> bytes.length == 6)
                .map(MacAddress::of);
    }

    static Optional<String> master(Site site, String name) {
        return site.link(name).attributes().get(LinkMessage.MASTER).map(index -> site.nameOf(new IfIndex(index)));
    }

    static OptionalInt portOption(Site site, String name, LinkStep.BridgePortOption option) {
        return number(site.link(name).portData().get(Key.u8(option.attribute(), "IFLA_BRPORT_" + option)));
    }

    static OptionalInt bridgeOption(Site site, String name, LinkStep.BridgeSetting option) {
        return number(site.link(name).data().get(bridgeKey(option)));
    }

    private static OptionalInt number(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private static Key<Integer> bridgeKey(LinkStep.BridgeSetting option) {
        String name = "IFLA_BR_" + option;
        return switch (option.bytes()) {
            case 1 -> Key.u8(option.attribute(), name);
            case 2 -> Key.u16(option.attribute(), name);
            default -> Key.u32(option.attribute(), name);
        };
    }

    private static void change(Site site, String name, String operation, Attribute... attributes) {
        LinkMessage message = LinkMessage.at(site.index(name), attributes);
        site.change(operation + " " + name, () -> site.route().change(message));
    }

    private static Attribute[] attributes(LinkStep.End end) {
        return attributes(end.mac(), end.mtu());
    }

    private static Attribute[] attributes(Optional<MacAddress> mac, OptionalInt mtu) {
        List<Attribute> all = new ArrayList<>();
        mac.ifPresent(address -> all.add(LinkMessage.mac(address)));
        mtu.ifPresent(bytes -> all.add(LinkMessage.MTU.to(bytes)));
        return all.toArray(Attribute[]::new);
    }

    private static Attribute[] data(Site site, LinkStep.Kind kind) {
        return switch (kind) {
            case LinkStep.Bridge bridge -> new Attribute[0];
            case LinkStep.Ifb ifb -> new Attribute[0];
            case LinkStep.Macvlan macvlan ->
                new Attribute[] {LinkKinds.Macvlan.MODE.to(macvlan.mode().number())};
            case LinkStep.Ipvlan ipvlan ->
                new Attribute[] {LinkKinds.Ipvlan.MODE.to(ipvlan.mode().number())};
            case LinkStep.Vxlan vxlan -> Tunnels.encode(site, vxlan).toArray(Attribute[]::new);
        };
    }
}
