package dev.lasthop.netlink.nftables;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import java.util.Optional;

/**
 * Which packets are traced. Leave open what translation may change.
 *
 * @param source empty for any
 * @param sourcePort 0 for any; of an ICMP echo the identifier
 * @param destinationPort 0 for any
 */
public record TraceFilter(
        Family family,
        Protocol protocol,
        Optional<IpAddress> source,
        int sourcePort,
        Optional<IpAddress> destination,
        int destinationPort) {

    /** Packets with exactly these addresses, and these ports where they are not 0. */
    public static TraceFilter of(Flow flow) {
        return new TraceFilter(
                flow.family(),
                flow.protocol(),
                Optional.of(flow.source()),
                flow.sourcePort(),
                Optional.of(flow.destination()),
                flow.destinationPort());
    }

    RuleBuilder match(RuleBuilder rule) {
        if (source.isEmpty() && destination.isEmpty()) {
            rule.family(family);
        }
        source.ifPresent(address -> rule.source(Prefix.of(address)));
        destination.ifPresent(address -> rule.destination(Prefix.of(address)));
        if (protocol.isIcmp()) {
            return sourcePort == 0 ? rule.protocol(protocol) : rule.echoIdentifier(family, sourcePort);
        }
        if (!protocol.hasPorts() || sourcePort == 0 && destinationPort == 0) {
            return rule.protocol(protocol);
        }
        if (sourcePort != 0) {
            rule.sourcePort(protocol, sourcePort);
        }
        if (destinationPort != 0) {
            rule.destinationPort(protocol, destinationPort);
        }
        return rule;
    }
}
