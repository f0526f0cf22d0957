package dev.lasthop.wiring;

import dev.lasthop.linux.KernelFiles;

/** Which start of the machine this is: what was noted down in an earlier one about the kernel means nothing any more. */
final class Boot {
    private Boot() {}

    /** The kernel's random number for this start; empty where it cannot be read. */
    static String id() {
        try (var files = new KernelFiles()) {
            return files.setting("/proc/sys/kernel/random/boot_id").orElse("");
        }
    }
}
