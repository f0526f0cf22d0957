package dev.lasthop.path;

/** A step of a {@link Path}: an interface that is passed, or what is done with the packet between two of them. */
public sealed interface PathElement permits Passage, Stage {}
