package dev.lasthop.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The one door to the kernel: {@code long syscall(long, ...)} bound once, so that every system call this program makes shares a
 * single downcall handle and linking it is paid for once. What a call means is said by the classes that make it.
 */
@SuppressWarnings("restricted") // this class and Mapping are what native access is granted for
public final class Kernel {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));

    // One capture segment a thread: a shared one races.
    private static final ThreadLocal<MemorySegment> ERRNO =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private Kernel() {}

    /**
     * Makes a call, again for as long as a signal interrupts it.
     *
     * @param operation what is being done, for the error: "open /proc/sys/net/ipv4/ip_forward"
     * @return what the call returned; never negative
     * @throws KernelException where C would return -1
     */
    public static long call(String operation, SystemCall call, long... arguments) {
        long result = attempt(call, arguments);
        if (result < 0) {
            throw new KernelException(operation, Errno.of((int) -result));
        }
        return result;
    }

    /** Makes a call, again for as long as a signal interrupts it; the result, or minus the error number. */
    public static long attempt(SystemCall call, long... arguments) {
        MemorySegment errno = ERRNO.get();
        while (true) {
            long result = invoke(errno, call.number(), arguments);
            if (result != -1) {
                return result;
            }
            int number = errno.get(JAVA_INT, 0);
            if (number != Errno.EINTR.number()) {
                return -number;
            }
        }
    }

    private static long invoke(MemorySegment errno, long number, long[] a) {
        try {
            return (long)
                    SYSCALL.invokeExact(errno, number, at(a, 0), at(a, 1), at(a, 2), at(a, 3), at(a, 4), at(a, 5));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private static long at(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }
}
