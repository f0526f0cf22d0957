package dev.lasthop.netlink.nftables;

import dev.lasthop.address.Family;

/** A part of a key that a rule looks up in a set or map, one behind the other in the registers. */
public enum KeyPart {
    SOURCE_ADDRESS,
    DESTINATION_ADDRESS,
    PROTOCOL,
    SOURCE_PORT,
    DESTINATION_PORT,
    INPUT_NAME,
    OUTPUT_NAME;

    /** What brings it into a register. */
    Load load(int register, Family addresses) {
        return switch (this) {
            case SOURCE_ADDRESS -> address(register, addresses, true);
            case DESTINATION_ADDRESS -> address(register, addresses, false);
            case PROTOCOL -> new Load.Meta(register, MetaKey.TRANSPORT);
            case SOURCE_PORT -> new Load.Payload(register, Load.Payload.TRANSPORT, 0, 2);
            case DESTINATION_PORT -> new Load.Payload(register, Load.Payload.TRANSPORT, 2, 2);
            case INPUT_NAME -> new Load.Meta(register, MetaKey.INPUT_NAME);
            case OUTPUT_NAME -> new Load.Meta(register, MetaKey.OUTPUT_NAME);
        };
    }

    /** The room that it takes, in words of four bytes. */
    int words(Family addresses) {
        return switch (this) {
            case SOURCE_ADDRESS, DESTINATION_ADDRESS -> addresses.bytes() / Integer.BYTES;
            case PROTOCOL, SOURCE_PORT, DESTINATION_PORT -> 1;
            case INPUT_NAME, OUTPUT_NAME -> RuleBuilder.NAME_SIZE / Integer.BYTES;
        };
    }

    /** The source or destination address of the network header. */
    static Load.Payload address(int register, Family addresses, boolean source) {
        int first = addresses == Family.IPV4 ? 12 : 8; // struct iphdr, struct ipv6hdr
        int offset = source ? first : first + addresses.bytes();
        return new Load.Payload(register, Load.Payload.NETWORK, offset, addresses.bytes());
    }
}
