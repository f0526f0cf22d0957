package dev.lasthop.netlink.nftables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Types of a set's key, with nft's own numbers for them. The kernel keeps the number and makes nothing of it; nft needs it to print
 * the set.
 */
public enum FieldType {
    NFPROTO(2, 1, "nf_proto"),
    INTEGER(4, 4, "integer"),
    STRING(5, 16, "string"),
    IPV4(7, 4, "ipv4_addr"),
    IPV6(8, 16, "ipv6_addr"),
    ETHER(9, 6, "ether_addr"),
    ETHER_TYPE(10, 2, "ether_type"),
    PROTOCOL(12, 1, "inet_proto"),
    PORT(13, 2, "inet_service"),
    ICMP_TYPE(14, 1, "icmp_type"),
    MARK(19, 4, "mark"),
    INTERFACE_INDEX(20, 4, "iface_index"),
    CT_STATE(26, 4, "ct_state"),
    CT_STATUS(28, 4, "ct_status"),
    ICMPV6_TYPE(29, 1, "icmpv6_type"),
    DEVICE_GROUP(35, 4, "devgroup"),
    ADDRESS_TYPE(38, 4, "fib_addrtype"),
    INTERFACE_NAME(41, 16, "ifname");

    private static final int BITS = 6; // a concatenation's number is its fields' numbers, six bits each

    private final int number;
    private final int bytes;
    private final String text;

    FieldType(int number, int bytes, String text) {
        this.number = number;
        this.bytes = bytes;
        this.text = text;
    }

    public int bytes() {
        return bytes;
    }

    /** The room that it takes in registers: whole words of four bytes. */
    public int room() {
        return (bytes + 3) & ~3;
    }

    static int number(List<FieldType> fields) {
        return fields.stream().mapToInt(field -> field.number).reduce(0, (all, one) -> all << BITS | one);
    }

    static int length(List<FieldType> fields) {
        return fields.size() == 1
                ? fields.getFirst().bytes
                : fields.stream().mapToInt(FieldType::room).sum();
    }

    /** The fields that a number stands for; empty where one of them is not known. */
    public static List<FieldType> fields(int number) {
        var fields = new ArrayList<FieldType>();
        for (int rest = number; rest > 0; rest >>>= BITS) {
            int one = rest & ((1 << BITS) - 1);
            Optional<FieldType> type =
                    Arrays.stream(values()).filter(t -> t.number == one).findFirst();
            if (type.isEmpty()) {
                return List.of();
            }
            fields.addFirst(type.get());
        }
        return List.copyOf(fields);
    }

    @Override
    public String toString() {
        return text;
    }
}
