package dev.lasthop.cli.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.cli.frame.CommandException;
import dev.lasthop.cli.frame.Invocation;
import dev.lasthop.cli.frame.Option;
import dev.lasthop.cli.frame.Reader;
import dev.lasthop.wiring.Driver;
import dev.lasthop.wiring.VxlanDriver;
import dev.lasthop.wiring.VxlanDriver.UdpChecksum;
import java.util.List;
import java.util.Optional;

/** The options of driver {@code vxlan}. */
record VxlanWords() implements DriverWords {
    private static final Option<Integer> VNI = Option.value(
            "vni", "NUMBER", "the VXLAN's number, 1 to 16777215, the same on all nodes", Reader.integer(1, 0xff_ffff));
    private static final Option<Integer> PORT = Option.value(
            "udp-port",
            "PORT",
            "of the tunnel, the same on all nodes; 4789 if it is not said",
            Reader.integer(1, 65535));
    private static final Option<IpAddress> UNDERLAY = Option.value(
            "underlay",
            "ADDRESS",
            "where this node's end of the tunnel is; the address that peers are reached from if it is not said",
            IpAddress::parse);
    private static final Option<String> NODE = Option.value(
            "node",
            "NAME",
            "what the peers call this node; its MAC address in the tunnel follows from it; the host's name if it is not said",
            Reader.text());
    private static final Option<UdpChecksum> CHECKSUM = Option.value(
            "udp-checksum",
            "on|off|tolerant",
            "of the tunnel's packets: sent and required, neither, or sent only; on if it is not said",
            VxlanWords::checksum);

    @Override
    public String name() {
        return "vxlan";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(BridgeWords.BRIDGE, VNI, PORT, UNDERLAY, NODE, CHECKSUM);
    }

    @Override
    public Driver read(Invocation invocation) {
        int vni = invocation
                .find(VNI)
                .orElseThrow(() -> CommandException.usage(
                        "--vni is missing", "a VXLAN has a number, the same on all nodes", "write --vni 7"));
        return new VxlanDriver(
                invocation.find(BridgeWords.BRIDGE),
                Optional.empty(),
                invocation.find(NODE),
                vni,
                invocation.find(PORT).orElse(VxlanDriver.USUAL_PORT),
                invocation.find(UNDERLAY),
                invocation.find(CHECKSUM).orElse(UdpChecksum.ON));
    }

    private static UdpChecksum checksum(String text) {
        return switch (text) {
            case "on" -> UdpChecksum.ON;
            case "off" -> UdpChecksum.OFF;
            case "tolerant" -> UdpChecksum.TOLERANT;
            default -> throw new IllegalArgumentException("on, off or tolerant");
        };
    }
}
