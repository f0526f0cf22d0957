package dev.lasthop.wiring;

import dev.lasthop.address.IpAddress;
import dev.lasthop.address.MacAddress;
import dev.lasthop.json.JsonObject;
import dev.lasthop.wiring.step.Encapsulation;
import java.util.Locale;
import java.util.Optional;

/**
 * One network over several nodes: on each a bridge with a subnet of its own, and a VXLAN interface through which the nodes route to each
 * other's subnets. Who the others are is given ({@link Peers}); nothing is learned and nothing is flooded.
 *
 * @param bridge the bridge of this node's endpoints; empty for one made from the network's name
 * @param tunnel the VXLAN interface; empty for one made from the network's name
 * @param node what this node is called among its peers; empty for the host's name
 * @param vni the network's number, 1 to 16777215; the same on all nodes
 * @param port the UDP port, the same on all nodes; IANA's is 4789
 * @param local this node's address in the underlay; empty for the one from which its peers are reached
 */
public record VxlanDriver(
        Optional<String> bridge,
        Optional<String> tunnel,
        Optional<String> node,
        int vni,
        int port,
        Optional<IpAddress> local,
        UdpChecksum checksum)
        implements Driver {
    public static final int USUAL_PORT = 4789; // RFC 7348

    static final String NAME = "vxlan";

    private static final int LARGEST_VNI = 0xff_ffff;

    public VxlanDriver {
        if (vni < 1 || vni > LARGEST_VNI) {
            throw WiringException.wrong("a VXLAN cannot have the number " + vni + ": --vni is 1 to " + LARGEST_VNI);
        }
        if (port < 1 || port > 65535) {
            throw WiringException.wrong("there is no UDP port " + port);
        }
    }

    /** What is done about the checksum in the outer packets' UDP header. */
    public enum UdpChecksum {
        /** Sent, and over IPv6 required. */
        ON,

        /** Neither sent nor required: for networks and cards that get it wrong. */
        OFF,

        /** Sent, but not required: for peers that send none. */
        TOLERANT;

        Encapsulation apply(Encapsulation outer) {
            return outer.withChecksums(this != OFF, this == OFF, this != ON);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** With all that can be left open left open. */
    public static VxlanDriver of(int vni) {
        return new VxlanDriver(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                vni,
                USUAL_PORT,
                Optional.empty(),
                UdpChecksum.ON);
    }

    public VxlanDriver named(String nodeName) {
        return new VxlanDriver(bridge, tunnel, Optional.of(nodeName), vni, port, local, checksum);
    }

    public VxlanDriver from(IpAddress address) {
        return new VxlanDriver(bridge, tunnel, node, vni, port, Optional.of(address), checksum);
    }

    public VxlanDriver withPort(int number) {
        return new VxlanDriver(bridge, tunnel, node, vni, number, local, checksum);
    }

    public VxlanDriver with(UdpChecksum policy) {
        return new VxlanDriver(bridge, tunnel, node, vni, port, local, policy);
    }

    /** The MAC address of a node's end of the tunnel: it follows from the node's name and the VNI, so that peers need not be told. */
    MacAddress mac(String nodeName) {
        return Names.mac("vtep", nodeName, Integer.toString(vni));
    }

    /** Of a network that was created. */
    String tunnelName() {
        return tunnel.orElseThrow();
    }

    /** Of a network that was created. */
    String nodeName() {
        return node.orElseThrow();
    }

    /** Of a network that was created. */
    IpAddress localAddress() {
        return local.orElseThrow();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public JsonObject options() {
        JsonObject.Builder json = JsonObject.builder()
                .putIfPresent("bridge", bridge)
                .putIfPresent("tunnel", tunnel)
                .putIfPresent("node", node)
                .put("vni", vni)
                .put("port", port)
                .putIfPresent("local", local.map(IpAddress::toString));
        node.ifPresent(name -> json.put("vtepMac", mac(name).toString()));
        return json.put("udpChecksum", checksum.toString()).build();
    }

    @Override
    public String toString() {
        return "vxlan " + vni + local.map(address -> " at " + address).orElse("")
                + node.map(name -> " as " + name).orElse("");
    }

    static VxlanDriver ofJson(JsonObject json) {
        return new VxlanDriver(
                json.findString("bridge"),
                json.findString("tunnel"),
                json.findString("node"),
                json.integer("vni"),
                json.integer("port"),
                json.findString("local").map(IpAddress::parse),
                UdpChecksum.valueOf(json.string("udpChecksum").toUpperCase(Locale.ROOT)));
    }
}
