package dev.lasthop.address;

import java.util.Optional;

/** How addresses are read and written. */
final class AddressText {
    private AddressText() {}

    static Optional<IpAddress> ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        long value = 0;
        for (String part : parts) {
            int octet = number(part, 10, 3, 255);
            if (octet < 0 || part.length() > 1 && part.charAt(0) == '0') { // 010 is 8 to some programs and 10 to others
                return Optional.empty();
            }
            value = value << 8 | octet;
        }
        return Optional.of(new IpAddress(Family.IPV4, 0, value));
    }

    static Optional<IpAddress> ipv6(String text) {
        int gap = text.indexOf("::");
        if (gap != text.lastIndexOf("::")) {
            return Optional.empty();
        }
        String head = gap < 0 ? text : text.substring(0, gap);
        String tail = gap < 0 ? "" : text.substring(gap + 2);
        int[] first = groups(head);
        int[] last = groups(tail);
        if (first == null || last == null) {
            return Optional.empty();
        }
        int given = first.length + last.length;
        if (gap < 0 ? given != 8 : given > 7) {
            return Optional.empty();
        }
        int[] all = new int[8];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(last, 0, all, 8 - last.length, last.length);
        return Optional.of(new IpAddress(Family.IPV6, join(all, 0), join(all, 4)));
    }

    static String ipv4(long value) {
        return (value >>> 24) + "." + (value >>> 16 & 255) + "." + (value >>> 8 & 255) + "." + (value & 255);
    }

    /** RFC 5952: lower case, no leading zeros, the longest run of zero groups (the first of equals, two at least) as "::". */
    static String ipv6(long high, long low) {
        if (high == 0 && low >>> 32 == 0xffff) {
            return "::ffff:" + ipv4(low & 0xffff_ffffL);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (high >>> (48 - 16 * i)) & 0xffff;
            groups[i + 4] = (int) (low >>> (48 - 16 * i)) & 0xffff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private static int @org.jspecify.annotations.Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        Optional<IpAddress> embedded =
                parts[parts.length - 1].indexOf('.') >= 0 ? ipv4(parts[parts.length - 1]) : Optional.empty();
        int[] groups = new int[parts.length + (embedded.isPresent() ? 1 : 0)];
        for (int i = 0; i < parts.length; i++) {
            if (i == parts.length - 1 && embedded.isPresent()) {
                groups[i] = (int) (embedded.get().low() >>> 16);
                groups[i + 1] = (int) embedded.get().low() & 0xffff;
            } else {
                groups[i] = number(parts[i], 16, 4, 0xffff);
                if (groups[i] < 0) {
                    return null;
                }
            }
        }
        return groups.length > 8 ? null : groups;
    }

    private static long join(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    /** The number, or -1 if this is not one within its bounds (no sign, no other script's digits). */
    private static int number(String text, int radix, int maximumLength, int maximum) {
        if (text.isEmpty() || text.length() > maximumLength) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value <= maximum ? value : -1;
    }
}
