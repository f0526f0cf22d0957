package dev.lasthop.wiring;

/**
 * What was taken away.
 *
 * @param wasBegun whether a killed process had begun to, and this one brought that to its end
 */
public record Gone<T>(T what, boolean wasBegun) {}
