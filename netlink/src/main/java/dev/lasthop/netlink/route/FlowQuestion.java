package dev.lasthop.netlink.route;

import dev.lasthop.address.Family;
import dev.lasthop.address.IfIndex;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Attribute;
import dev.lasthop.netlink.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel is asked when one packet's route is wanted ({@code ip route get}).
 *
 * @param source empty where the sender has none yet
 * @param input where the packet came in; none if this host sends it
 * @param output the interface that the socket is bound to; none otherwise
 */
public record FlowQuestion(
        IpAddress destination,
        Optional<IpAddress> source,
        IfIndex input,
        IfIndex output,
        int mark,
        int tos,
        Optional<Protocol> protocol,
        int sourcePort,
        int destinationPort) {

    /** A packet that this host sends. */
    public static FlowQuestion sentTo(IpAddress destination) {
        return new FlowQuestion(
                destination, Optional.empty(), IfIndex.NONE, IfIndex.NONE, 0, 0, Optional.empty(), 0, 0);
    }

    /** A packet that came in by an interface. */
    public static FlowQuestion received(IpAddress destination, IpAddress source, IfIndex input) {
        return new FlowQuestion(destination, Optional.of(source), input, IfIndex.NONE, 0, 0, Optional.empty(), 0, 0);
    }

    public FlowQuestion from(IpAddress address) {
        return new FlowQuestion(
                destination, Optional.of(address), input, output, mark, tos, protocol, sourcePort, destinationPort);
    }

    public FlowQuestion marked(int value) {
        return new FlowQuestion(destination, source, input, output, value, tos, protocol, sourcePort, destinationPort);
    }

    RouteMessage encodeTo(int flags) {
        Family family = destination.family();
        List<Attribute> all = new ArrayList<>();
        all.add(RouteMessage.DESTINATION.to(destination));
        source.ifPresent(address -> all.add(RouteMessage.SOURCE.to(address)));
        if (!input.isNone()) {
            all.add(RouteMessage.INPUT.to(input.value()));
        }
        if (!output.isNone()) {
            all.add(RouteMessage.OUTPUT.to(output.value()));
        }
        if (mark != 0) {
            all.add(RouteMessage.MARK.to(mark));
        }
        protocol.ifPresent(known -> all.add(RouteMessage.IP_PROTOCOL.to(known.number())));
        if (sourcePort != 0) {
            all.add(RouteMessage.SOURCE_PORT.to(sourcePort));
        }
        if (destinationPort != 0) {
            all.add(RouteMessage.DESTINATION_PORT.to(destinationPort));
        }
        return new RouteMessage(
                family.number(),
                family.bits(),
                source.isPresent() ? family.bits() : 0,
                tos,
                0,
                0,
                0,
                0,
                flags,
                new Attributes(all));
    }
}
