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
