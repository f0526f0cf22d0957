package dev.lasthop.cli.frame;

/** Text that cannot steer a terminal: names and messages come from other people's namespaces. */
public final class Printable {
    private Printable() {}

    /**
     * The text with control characters, and those that turn the direction of writing, replaced by {@code ?}. Newlines, tabs and, if
     * {@code colours} are allowed, colour sequences stay.
     */
    public static String of(String text, boolean colours) {
        int bad = next(text, 0, colours);
        if (bad == text.length()) {
            return text;
        }
        var result = new StringBuilder(text.length());
        int start = 0;
        while (bad < text.length()) {
            result.append(text, start, bad).append('?');
            start = bad + 1;
            bad = next(text, start, colours);
        }
        return result.append(text, start, text.length()).toString();
    }

    private static int next(String text, int from, boolean colours) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            int sequence = colours && c == '\u001b' ? colour(text, at) : 0;
            if (sequence == 0 && isBad(c)) {
                return at;
            }
            at += Math.max(1, sequence);
        }
        return at;
    }

    /** The length of the colour sequence that starts here, 0 if none does. */
    private static int colour(String text, int at) {
        int end = at + 1;
        if (end < text.length() && text.charAt(end) == '[') {
            end++;
            while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == ';')) {
                end++;
            }
            if (end < text.length() && text.charAt(end) == 'm') {
                return end + 1 - at;
            }
        }
        return 0;
    }

    private static boolean isBad(char c) {
        return (c < ' ' && c != '\n' && c != '\t')
                || (c >= 0x7f && c < 0xa0)
                || (c >= 0x202a && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x200e
                || c == 0x200f;
    }
}
