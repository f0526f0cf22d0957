package dev.lasthop.cli.frame;

/** What a colour stands for; never the only carrier of a meaning. */
public enum Style {
    HEADING("1"),
    GOOD("32"),
    BAD("1;31"),
    WARNING("33"),
    COMMAND("36"),
    FAINT("2");

    static final String END = "\u001b[0m";

    private final String code;

    Style(String code) {
        this.code = code;
    }

    String start() {
        return "\u001b[" + code + "m";
    }
}
