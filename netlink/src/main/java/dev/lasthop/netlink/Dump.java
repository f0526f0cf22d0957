package dev.lasthop.netlink;

import java.util.List;

/**
 * All that the kernel has of one kind.
 *
 * @param interrupted whether it changed while it was being read, each time it was tried: entries may be missing or stand twice
 */
public record Dump(List<NetlinkMessage> messages, boolean interrupted) {
    public Dump {
        messages = List.copyOf(messages);
    }
}
