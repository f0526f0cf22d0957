package dev.lasthop.wiring.step;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a VXLAN's outer packets are made (include/uapi/linux/if_link.h, {@code IFLA_VXLAN_*}). What is empty is the kernel's choice.
 *
 * @param checksum over IPv4: whether the UDP header carries a checksum; the kernel's choice is yes
 * @param sendsZero over IPv6: whether it is sent without one, which RFC 6935 allows a tunnel; the kernel's choice is no
 * @param takesZero over IPv6: whether packets without one are taken; the kernel's choice is no
 * @param ttl of the outer packets; 0 for the usual one of the underlay
 * @param sourcePorts the UDP ports that a flow's hash is spread over; the kernel's choice is that of its local ports
 */
public record Encapsulation(
        Optional<Boolean> checksum,
        Optional<Boolean> sendsZero,
        Optional<Boolean> takesZero,
        OptionalInt ttl,
        Optional<DontFragment> dontFragment,
        Optional<Ports> sourcePorts) {

    /** All as the kernel chooses. */
    public static final Encapsulation USUAL = new Encapsulation(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty());

    /** The three flags about checksums, said outright. */
    public Encapsulation withChecksums(boolean overIpv4, boolean sendsZeroOverIpv6, boolean takesZeroOverIpv6) {
        return new Encapsulation(
                Optional.of(overIpv4),
                Optional.of(sendsZeroOverIpv6),
                Optional.of(takesZeroOverIpv6),
                ttl,
                dontFragment,
                sourcePorts);
    }

    public Encapsulation withTtl(int hops) {
        return new Encapsulation(checksum, sendsZero, takesZero, OptionalInt.of(hops), dontFragment, sourcePorts);
    }

    public Encapsulation with(DontFragment choice) {
        return new Encapsulation(checksum, sendsZero, takesZero, ttl, Optional.of(choice), sourcePorts);
    }

    public Encapsulation from(Ports ports) {
        return new Encapsulation(checksum, sendsZero, takesZero, ttl, dontFragment, Optional.of(ports));
    }

    /** {@code VXLAN_DF_*}: the outer IPv4 header's don't-fragment flag. */
    public enum DontFragment {
        UNSET,
        SET,
        INHERIT;

        @SuppressWarnings("EnumOrdinal") // the constants stand in the order of VXLAN_DF_*
        int number() {
            return ordinal();
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** UDP ports; both ends belong to it. */
    public record Ports(int first, int last) {
        public Ports {
            if (first < 1 || last < first || last > 65535) {
                throw new IllegalArgumentException("not a range of ports: " + first + "-" + last);
            }
        }
    }

    /** As {@code ip link add … type vxlan} takes it. */
    Words words(Words words) {
        ttl.ifPresent(hops -> words.add("ttl", hops == 0 ? "auto" : hops));
        dontFragment.ifPresent(choice -> words.add("df", choice.word()));
        sourcePorts.ifPresent(ports -> words.add("srcport", ports.first()).add(ports.last()));
        flag(words, checksum, "udpcsum", "noudpcsum");
        flag(words, sendsZero, "udp6zerocsumtx", "noudp6zerocsumtx");
        flag(words, takesZero, "udp6zerocsumrx", "noudp6zerocsumrx");
        return words;
    }

    private static void flag(Words words, Optional<Boolean> value, String on, String off) {
        value.ifPresent(set -> words.add(set ? on : off));
    }
}
