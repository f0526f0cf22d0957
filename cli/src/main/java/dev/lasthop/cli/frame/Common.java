package dev.lasthop.cli.frame;

import java.util.List;

/** The options that every command takes. */
public final class Common {
    public static final Option<Format> FORMAT = Option.value(
                    "format",
                    "text|json",
                    "text for people (the default), or one JSON document",
                    Reader.choice(Format.class))
            .ofEveryCommand();
    public static final Option<Boolean> VERBOSE =
            Option.flag("verbose", "say more on standard error").letter('v').ofEveryCommand();
    public static final Option<Boolean> QUIET = Option.flag("quiet", "say nothing but results and errors")
            .letter('q')
            .ofEveryCommand();
    public static final Option<Boolean> HELP =
            Option.flag("help", "show this help").letter('h').ofEveryCommand();
    public static final Option<Boolean> VERSION =
            Option.flag("version", "show the version").ofEveryCommand();

    /** In the order of the help. */
    public static final List<Option<?>> OPTIONS = List.of(FORMAT, VERBOSE, QUIET, HELP, VERSION);

    private Common() {}
}
