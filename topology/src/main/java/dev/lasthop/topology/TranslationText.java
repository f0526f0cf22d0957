package dev.lasthop.topology;

import dev.lasthop.netlink.nftables.Translation;
import dev.lasthop.topology.Operand.Format;
import java.util.ArrayList;

/**
 * What changes addresses, in nft's words.
 *
 * @param family of the table
 */
record TranslationText(RuleRegisters registers, String family) {
    static String of(Translation translation, RuleRegisters registers, String family) {
        return new TranslationText(registers, family).text(translation);
    }

    private String text(Translation translation) {
        return switch (translation) {
            case Translation.Nat n -> nat(n);
            case Translation.Masquerade m -> "masquerade" + ports(m.portMinimum(), m.portMaximum()) + flags(m.flags());
            case Translation.Redirect r -> "redirect" + ports(r.portMinimum(), r.portMaximum()) + flags(r.flags());
            case Translation.TransparentProxy t ->
                "tproxy to " + (t.address() == 0 ? "" : registers.value(t.address(), Format.ADDRESS))
                        + (t.port() == 0 ? "" : ":" + registers.value(t.port(), Format.NUMBER));
            case Translation.SynProxy s -> "synproxy mss " + s.maximumSegment() + " wscale " + s.windowScale();
            case Translation.Duplicate d ->
                "dup to "
                        + (d.address() == 0
                                ? registers.value(d.device(), Format.HOST_NUMBER)
                                : registers.value(d.address(), Format.ADDRESS));
            case Translation.Forward f -> "fwd to " + registers.value(f.device(), Format.HOST_NUMBER);
        };
    }

    private String nat(Translation.Nat n) {
        String verb = n.type() == Translation.Nat.SOURCE ? "snat" : "dnat";
        String ip = family.equals("inet") ? n.family() == 10 ? " ip6" : " ip" : "";
        String address = "";
        if (n.addressMinimum() != 0) {
            address = registers.value(n.addressMinimum(), Format.ADDRESS);
            if (n.addressMaximum() != 0 && n.addressMaximum() != n.addressMinimum()) {
                address += "-" + registers.value(n.addressMaximum(), Format.ADDRESS);
            }
        }
        boolean mapped = n.addressMinimum() != 0 && !registers.isConstant(n.addressMinimum());
        String port = n.portMinimum() == 0 || mapped && !registers.isConstant(n.portMinimum())
                ? ""
                : ":" + range(n.portMinimum(), n.portMaximum());
        String host = address.contains(":") && !port.isEmpty() && !mapped ? "[" + address + "]" : address;
        return verb + ip + ((n.flags() & Translation.NETMAP) != 0 ? " prefix" : "") + " to " + host + port
                + flags(n.flags());
    }

    private String ports(int minimum, int maximum) {
        return minimum == 0 ? "" : " to :" + range(minimum, maximum);
    }

    private String range(int minimum, int maximum) {
        String first = registers.value(minimum, Format.NUMBER);
        return maximum == 0 || maximum == minimum || registers.isSame(minimum, maximum)
                ? first
                : first + "-" + registers.value(maximum, Format.NUMBER);
    }

    private static String flags(int flags) {
        var set = new ArrayList<String>();
        if ((flags & Translation.RANDOM) != 0) {
            set.add("random");
        }
        if ((flags & Translation.RANDOM_FULLY) != 0) {
            set.add("fully-random");
        }
        if ((flags & Translation.PERSISTENT) != 0) {
            set.add("persistent");
        }
        return set.isEmpty() ? "" : " " + String.join(",", set);
    }
}
