package dev.lasthop.linux;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;

/**
 * The capabilities that Lasthop's work needs.
 *
 * @see <a href="https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/capability.h">capability.h</a>
 */
public enum Capability {
    NET_ADMIN(12),
    NET_RAW(13),
    SYS_PTRACE(19),
    SYS_ADMIN(21),
    SYSLOG(34),
    PERFMON(38),
    BPF(39);

    private static final int VERSION_3 = 0x20080522;

    private final int number;

    Capability(int number) {
        this.number = number;
    }

    /** {@code CAP_NET_ADMIN} and the like. */
    public String kernelName() {
        return "CAP_" + name();
    }

    /** Those of them that the calling thread has in effect. */
    public static Set<Capability> effective() {
        try (Memory header = Memory.confined(8);
                Memory sets = Memory.confined(24)) {
            header.bytes().putInt(VERSION_3).putInt(0);
            Kernel.call("read capabilities", SystemCall.CAPGET, header.address(), sets.address());
            ByteBuffer bytes = sets.bytes(); // twice: effective, permitted, inheritable
            long effective = Integer.toUnsignedLong(bytes.getInt(0)) | Integer.toUnsignedLong(bytes.getInt(12)) << 32;
            Set<Capability> result = EnumSet.noneOf(Capability.class);
            for (Capability capability : values()) {
                if ((effective >> capability.number & 1) == 1) {
                    result.add(capability);
                }
            }
            return result;
        }
    }
}
