package dev.lasthop.tracing;

import dev.lasthop.address.IpAddress;

/**
 * A route was looked for and not found: the only event where no packet exists yet.
 *
 * @param error the errno's name: {@code ENETUNREACH}, {@code EINVAL} (blackhole), {@code EHOSTUNREACH}, {@code EACCES} (prohibit)
 */
public record LookupFailure(
        long nanos, long namespace, IpAddress source, IpAddress destination, int table, String error) {}
