package dev.lasthop.netlink.route;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;

/**
 * A thing of rtnetlink's: a fixed header, then attributes. Each kind has three message types one after the other: new, delete, get
 * (include/uapi/linux/rtnetlink.h).
 */
public sealed interface Rtnetlink
        permits LinkMessage,
                AddressMessage,
                RouteMessage,
                RuleMessage,
                NeighborMessage,
                NextHopMessage,
                NetconfMessage,
                NamespaceIdMessage,
                QdiscMessage,
                FilterMessage {

    /** {@code RTM_NEW…}; {@code RTM_DEL…} is the next number, {@code RTM_GET…} the one after that. */
    int newType();

    Attributes attributes();

    /** The header and the attributes, as they follow a netlink message's own header. */
    Bytes encode();

    /** What it is, in a few words for an error: {@code route 10.0.0.0/8}. */
    String words();
}
