package dev.lasthop.cli.frame;

import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.KernelException;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.SystemCall;
import java.util.Map;

/**
 * What the reader's screen can show.
 *
 * @param colour whether standard output may carry colours
 * @param unicode whether lines may be drawn with box characters and arrows
 * @param width columns of a line; 0 to find out when first needed
 */
public record Terminal(boolean colour, boolean unicode, int width) {
    /** Where nobody looks: no colour, wide enough to wrap nothing odd. */
    public static final Terminal NONE = new Terminal(false, true, 100);

    private static final int DEFAULT_WIDTH = 100;
    private static final long TIOCGWINSZ = 0x5413;

    /**
     * @param terminal whether standard output is a terminal
     */
    public static Terminal of(boolean terminal, Map<String, String> environment) {
        boolean colour = terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
        return new Terminal(colour, isUtf8(environment), terminal ? 0 : DEFAULT_WIDTH);
    }

    @Override
    public int width() {
        return width > 0 ? width : measured();
    }

    /** The first if this terminal can show it, else the second. */
    public String choose(String unicodeText, String ascii) {
        return unicode ? unicodeText : ascii;
    }

    /** The text in this style, where colours can be shown. */
    public String paint(Style style, String text) {
        return colour ? style.start() + text + Style.END : text;
    }

    private static boolean isUtf8(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) { // the first that is set decides
            String value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                String lower = value.toLowerCase(java.util.Locale.ROOT);
                return lower.contains("utf-8") || lower.contains("utf8");
            }
        }
        return false;
    }

    private static int measured() {
        try (Memory size = new Memory(8)) { // struct winsize: rows, columns, and two that nobody fills in
            Kernel.call("ask for the terminal's size", SystemCall.IOCTL, 1, TIOCGWINSZ, size.address());
            int columns = Short.toUnsignedInt(size.bytes().getShort(2));
            return columns == 0 ? DEFAULT_WIDTH : Math.max(40, columns);
        } catch (KernelException e) {
            return DEFAULT_WIDTH;
        }
    }
}
