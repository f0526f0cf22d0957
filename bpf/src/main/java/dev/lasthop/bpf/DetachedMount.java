package dev.lasthop.bpf;

import dev.lasthop.linux.Fd;
import dev.lasthop.linux.Kernel;
import dev.lasthop.linux.Memory;
import dev.lasthop.linux.SystemCall;

/**
 * A kernel file system that is mounted nowhere: reached by a descriptor of its top folder, and gone when that is closed. So
 * {@code tracefs} and {@code sysfs} can be read where {@code /sys} is fresh or missing, and nothing on the machine changes.
 * Linux 5.2; CAP_SYS_ADMIN.
 */
final class DetachedMount implements AutoCloseable {
    private static final int CREATE = 6; // FSCONFIG_CMD_CREATE
    private static final int CLOSE_ON_EXEC = 1; // FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC

    private final Fd top;

    private DetachedMount(Fd top) {
        this.top = top;
    }

    static DetachedMount of(String type) {
        try (Memory name = Memory.of(type);
                Fd made = Fd.owning(Kernel.call("open " + type, SystemCall.FSOPEN, name.address(), CLOSE_ON_EXEC))) {
            Kernel.call("create " + type, SystemCall.FSCONFIG, made.raw(), CREATE, 0, 0, 0);
            return new DetachedMount(
                    Fd.owning(Kernel.call("mount " + type, SystemCall.FSMOUNT, made.raw(), CLOSE_ON_EXEC, 0)));
        }
    }

    Fd open(String path) {
        return top.openBelow(path, Fd.O_RDONLY);
    }

    @Override
    public void close() {
        top.close();
    }
}
