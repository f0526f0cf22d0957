package dev.lasthop.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.MacAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that people give, checked before they become files and interfaces, and names that are made here, always the same from the same. */
final class Names {
    private static final int INTERFACE_LENGTH = 15; // IFNAMSIZ - 1

    private Names() {}

    /** A name for a network or an endpoint, which is also a file's name. */
    static String checked(String what, String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")) {
            throw WiringException.wrong(
                    what + " cannot be called " + shown(name)
                            + ": a name has 1 to 63 letters, digits, dots, dashes and underscores, and begins with a letter or a digit");
        }
        return name;
    }

    static String checkedInterface(String name) {
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}")) {
            throw WiringException.wrong(
                    "an interface cannot be called " + shown(name)
                            + ": its name has 1 to 15 letters, digits, dots, dashes and underscores, and no dash or dot at its beginning");
        }
        if (name.equals("all") || name.equals("default")) {
            throw WiringException.wrong("an interface cannot be called " + shown(name)
                    + ": the kernel keeps its parameters of all interfaces under that name");
        }
        return name;
    }

    /** The bridge of a network whose bridge nobody named. */
    static String bridge(String network) {
        String plain = "lh-" + network;
        return plain.length() <= INTERFACE_LENGTH
                ? plain
                : "lh-" + hash("bridge", network).substring(0, 12);
    }

    /** The tunnel of a network whose tunnel nobody named. */
    static String tunnel(String network) {
        String plain = "lx-" + network;
        return plain.length() <= INTERFACE_LENGTH
                ? plain
                : "lx-" + hash("tunnel", network).substring(0, 12);
    }

    /** The host's end of an endpoint's veth pair. */
    static String hostEnd(String endpoint, String network) {
        return "lh" + hash("veth", endpoint, network).substring(0, 12);
    }

    /** The interface of the host that what an endpoint sends waits in. */
    static String rateLink(String endpoint, String network) {
        return "lr" + hash("rate", endpoint, network).substring(0, 12);
    }

    /** A locally administered MAC address that is always the same for the same words: neighbours need not learn it anew. */
    static MacAddress mac(String... words) {
        byte[] bytes = HexFormat.of().parseHex(hash(words).substring(0, 12));
        bytes[0] = (byte) (bytes[0] & 0xfc | 0x02);
        return MacAddress.of(bytes);
    }

    /** The group that the host's ends of a routed network are in: far from the small numbers that people choose. */
    static int group(String network) {
        return Integer.parseInt(hash("group", network).substring(0, 7), 16) | 0x4000_0000;
    }

    /** For a message: without what would make a terminal do something. */
    static String shown(String text) {
        String safe = text.codePoints()
                .mapToObj(c -> c < 0x20 || c == 0x7f || c > 0xffff ? "\\x%02x".formatted(c) : Character.toString(c))
                .limit(80)
                .reduce("", String::concat);
        return "\"" + safe + "\"";
    }

    private static String hash(String... words) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\0", words).getBytes(UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java platform has it
        }
    }
}
