package dev.lasthop.cli.frame;

/** The two forms of output. */
public enum Format {
    TEXT,
    JSON
}
