package dev.lasthop.lab;

import dev.lasthop.wiring.step.Place;
import java.util.ArrayList;
import java.util.List;

/** Who plays which part in a lab, under which names and addresses. All of it follows from the lab's name and its network. */
record Cast(String name, LabNetwork network) {
    static final String CONTAINER_LINK = "eth0";
    static final String SECOND_LINK = "eth1"; // a container's interface on its second network
    static final String HOST_END = "veth_host";
    static final String SECOND_HOST_END = "veth_second";
    static final String OTHER_HOST_END = "veth_other"; // the node's end of the container's second interface
    static final String BRIDGE = "docker0";
    static final String SECOND_BRIDGE = "docker1";
    static final String UPLINK = "eth0";
    static final String OUTSIDE_LINK = "eth0";

    static final Dual GATEWAY = Dual.of("172.17.0.1/16", "fd00:17::1/64");
    static final Dual CONTAINER = Dual.of("172.17.1.2/16", "fd00:17::1:2/64");
    static final Dual SIBLING = Dual.of("172.17.1.3/16", "fd00:17::1:3/64");
    static final Dual SECOND_GATEWAY = Dual.of("172.18.0.1/16", "fd00:18::1/64");
    static final Dual ON_SECOND = Dual.of("172.18.1.2/16", "fd00:18::1:2/64");
    static final Dual OTHER_ON_SECOND = Dual.of("172.18.1.3/16", "fd00:18::1:3/64");
    static final Dual LINK_LOCAL_GATEWAY = Dual.of("169.254.1.1/32", "fe80::1/128");
    static final Dual NODE = Dual.of("192.0.2.2/24", "2001:db8:2::2/64");
    static final Dual OUTSIDE = Dual.of("192.0.2.1/24", "2001:db8:2::1/64");
    static final Dual BESIDE_NODE = Dual.of("192.0.2.3/24", "2001:db8:2::3/64"); // macvlan
    static final Dual BESIDE_NODE_TOO = Dual.of("192.0.2.4/24", "2001:db8:2::4/64");
    static final Dual WORLD = Dual.of("39.106.233.176/32", "2001:db8:39::176/128");

    static final int SERVICE_PORT = 80;
    static final int PUBLISHED_PORT = 8080;
    static final int CALLING_PORT = 40_000;

    Cast {
        LabName.require(name);
    }

    Place container() {
        return Place.named(name + "-container");
    }

    Place node() {
        return Place.named(name + "-node");
    }

    Place outside() {
        return Place.named(name + "-outside");
    }

    Place second() {
        return Place.named(name + "-second");
    }

    boolean hasSecond() {
        return network != LabNetwork.BRIDGE && network != LabNetwork.PUBLISHED && network != LabNetwork.ROUTED;
    }

    boolean isMacvlan() {
        return network == LabNetwork.MACVLAN || network == LabNetwork.MACVLAN_BRIDGE;
    }

    /** The node's interface that carries its address on the way out. */
    String nodeLink() {
        return network == LabNetwork.MACVLAN_BRIDGE ? BRIDGE : UPLINK;
    }

    Dual containerAddress() {
        return isMacvlan() ? BESIDE_NODE : network == LabNetwork.ROUTED ? CONTAINER.singles() : CONTAINER;
    }

    Dual gateway() {
        return isMacvlan() ? OUTSIDE : network == LabNetwork.ROUTED ? LINK_LOCAL_GATEWAY : GATEWAY;
    }

    Dual secondAddress() {
        return switch (network) {
            case TWO_BRIDGES -> ON_SECOND;
            case TWO_NETWORKS -> OTHER_ON_SECOND;
            case MACVLAN, MACVLAN_BRIDGE -> BESIDE_NODE_TOO;
            default -> SIBLING;
        };
    }

    /** The names of the lab's namespaces, in the order of their making. */
    List<String> namespaces() {
        var names = new ArrayList<>(List.of(name + "-container", name + "-node", name + "-outside"));
        if (hasSecond()) {
            names.add(name + "-second");
        }
        return names;
    }
}
