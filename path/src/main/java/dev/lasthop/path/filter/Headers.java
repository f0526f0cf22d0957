package dev.lasthop.path.filter;

import dev.lasthop.address.Family;
import dev.lasthop.address.Flow;
import dev.lasthop.address.MacAddress;
import dev.lasthop.address.Protocol;
import dev.lasthop.path.Arp;
import dev.lasthop.path.PacketState;
import java.util.Optional;

/** A packet's headers as bytes, as far as they are known: what a rule that looks at bytes finds. */
final class Headers {
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int IPV6 = 40;
    private static final int ARP = 28;
    private static final int TRANSPORT = 64;
    private static final int DONT_FRAGMENT = 0x40;

    private final Value link = Value.unknown(ETHERNET);
    private final Value network;
    private final Value transport = Value.unknown(TRANSPORT);

    private Headers(int networkLength) {
        network = Value.unknown(networkLength);
    }

    static Headers of(PacketState packet) {
        Flow flow = packet.flow();
        boolean ipv4 = flow.family() == Family.IPV4;
        var headers = new Headers(ipv4 ? IPV4 : IPV6);
        headers.ethernet(packet.sourceMac(), packet.destinationMac(), ipv4 ? 0x0800 : 0x86dd);
        if (ipv4) {
            headers.ipv4(packet);
        } else {
            headers.ipv6(packet);
        }
        headers.transport(packet);
        return headers;
    }

    /** A request or reply for an IPv4 address; whose hardware addresses it names is not known. */
    static Headers arp(Arp arp) {
        var headers = new Headers(ARP);
        headers.ethernet(Optional.empty(), Optional.empty(), 0x0806);
        put(headers.network, 0, 0, 1, 8, 0, 6, 4, 0, arp.reply() ? 2 : 1);
        put(headers.network, 14, arp.sender().bytes());
        put(headers.network, 24, arp.target().bytes());
        return headers;
    }

    /** @param header {@code enum nft_payload_bases} */
    Value bytes(int header, int offset, int length) {
        Value from = switch (header) {
            case 0 -> link;
            case 1 -> network;
            case 2 -> transport;
            default -> Value.unknown(0);
        };
        Value part = Value.unknown(length);
        for (int i = 0; i < length; i++) {
            if (offset >= 0 && offset + i < from.length()) {
                part.bits()[i] = from.bits()[offset + i];
                part.known()[i] = from.known()[offset + i];
            }
        }
        return part;
    }

    private void ethernet(Optional<MacAddress> source, Optional<MacAddress> destination, int type) {
        destination.ifPresent(mac -> put(link, 0, mac.bytes()));
        source.ifPresent(mac -> put(link, 6, mac.bytes()));
        put(link, 12, type >>> 8, type & 0xff);
    }

    private void ipv4(PacketState packet) {
        put(network, 0, 0x45);
        put(network, 2, packet.length() >>> 8, packet.length() & 0xff);
        put(network, 6, packet.dontFragment() ? DONT_FRAGMENT : 0, 0);
        put(network, 8, packet.timeToLive(), packet.flow().protocol().number());
        put(network, 12, packet.flow().source().bytes());
        put(network, 16, packet.flow().destination().bytes());
    }

    private void ipv6(PacketState packet) {
        int payload = Math.max(0, packet.length() - IPV6);
        network.known()[0] = (byte) 0xf0;
        network.bits()[0] = 0x60;
        put(network, 4, payload >>> 8, payload & 0xff);
        put(network, 6, packet.flow().protocol().number(), packet.timeToLive());
        put(network, 8, packet.flow().source().bytes());
        put(network, 24, packet.flow().destination().bytes());
    }

    private void transport(PacketState packet) {
        Flow flow = packet.flow();
        if (flow.protocol().isIcmp()) {
            put(transport, 0, packet.icmpType(), packet.icmpCode());
            if (flow.sourcePort() != 0) {
                put(transport, 4, flow.sourcePort() >>> 8, flow.sourcePort() & 0xff);
            }
        } else if (flow.protocol().hasPorts()) {
            if (flow.sourcePort() != 0) {
                put(transport, 0, flow.sourcePort() >>> 8, flow.sourcePort() & 0xff);
            }
            put(transport, 2, flow.destinationPort() >>> 8, flow.destinationPort() & 0xff);
            if (flow.protocol().equals(Protocol.UDP)) {
                int length = packet.length() - network.length();
                put(transport, 4, length >>> 8 & 0xff, length & 0xff);
            }
            if (flow.protocol().equals(Protocol.TCP)) {
                put(transport, 13, packet.tcpFlags());
            }
        }
    }

    private static void put(Value to, int offset, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            to.bits()[offset + i] = (byte) bytes[i];
            to.known()[offset + i] = -1;
        }
    }

    private static void put(Value to, int offset, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            to.bits()[offset + i] = bytes[i];
            to.known()[offset + i] = -1;
        }
    }
}
