package dev.lasthop.linux;

/** The kernel refused an operation. Carries what was asked, the errno, and the kernel's own words if it had any. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final transient Errno errno;
    private final String reason;

    public KernelException(String operation, Errno errno) {
        this(operation, errno, "");
    }

    /** @param reason the kernel's extended-ack text and the attribute that it points at; empty where it gave none */
    public KernelException(String operation, Errno errno, String reason) {
        super(operation + ": " + errno + (reason.isEmpty() ? "" : ": " + reason));
        this.operation = operation;
        this.errno = errno;
        this.reason = reason;
    }

    public String operation() {
        return operation;
    }

    public Errno errno() {
        return errno;
    }

    public String reason() {
        return reason;
    }

    public boolean is(Errno other) {
        return errno.equals(other);
    }
}
