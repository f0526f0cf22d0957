package dev.lasthop.cli.frame;

import java.util.ArrayList;
import java.util.List;

/** Text put into lines of a width. */
public final class Lines {
    private Lines() {}

    /** The words of a paragraph in lines of at most {@code width} columns, each indented. A longer word gets a line of its own. */
    public static List<String> wrap(String paragraph, int width, String indent) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder();
        for (String word : paragraph.strip().split("\\s+")) {
            if (!line.isEmpty() && width(indent) + width(line) + 1 + width(word) > width) {
                lines.add(indent + line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(indent + line);
        return lines;
    }

    /** A line as it is, if it is not too wide; else broken at blanks, its further lines indented two columns more than it is itself. */
    public static List<String> hanging(String line, int width) {
        int start = line.length() - line.stripLeading().length();
        String indent = " ".repeat(start + 2);
        var lines = new ArrayList<String>();
        String rest = line;
        while (width(rest) > width) {
            int at = rest.lastIndexOf(' ', width);
            at = at <= start + 2 ? rest.indexOf(' ', width) : at;
            if (at < 0) {
                break;
            }
            lines.add(rest.substring(0, at).stripTrailing());
            rest = indent + rest.substring(at).strip();
        }
        lines.add(rest);
        return lines;
    }

    /**
     * A command line in pieces of at most {@code width} columns, each but the last ending in a backslash, so that it can be copied all the
     * same. What is in double quotes stays whole.
     */
    public static List<String> command(String command, int width) {
        var lines = new ArrayList<String>();
        String rest = command;
        String indent = "";
        while (indent.length() + rest.length() > width) {
            int at = gap(rest, width - indent.length() - 2);
            if (at <= 0) {
                break;
            }
            lines.add(indent + rest.substring(0, at) + " \\");
            rest = rest.substring(at + 1);
            indent = "  ";
        }
        lines.add(indent + rest);
        return lines;
    }

    /** The last blank outside of double quotes at or before a place; the first one after it where there is none. */
    private static int gap(String text, int before) {
        int last = -1;
        boolean quoted = false;
        for (int at = 0; at < text.length(); at++) {
            quoted ^= text.charAt(at) == '"';
            if (!quoted && text.charAt(at) == ' ') {
                if (at > before && last > 0) {
                    return last;
                }
                last = at;
            }
        }
        return last;
    }

    /** The text and blanks up to a width; a longer text stays whole. */
    public static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }

    /** Columns that the text takes: colour sequences take none. East Asian double width is not known here. */
    public static int width(CharSequence text) {
        int columns = 0;
        int at = 0;
        while (at < text.length()) {
            int point = Character.codePointAt(text, at);
            if (point == '\u001b') {
                while (at < text.length() && text.charAt(at) != 'm') {
                    at++;
                }
                at++;
                continue;
            }
            columns += Character.getType(point) == Character.NON_SPACING_MARK ? 0 : 1;
            at += Character.charCount(point);
        }
        return columns;
    }
}
