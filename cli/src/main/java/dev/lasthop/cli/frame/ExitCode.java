package dev.lasthop.cli.frame;

/** What the process ends with: part of the contract, never renumbered. */
public enum ExitCode {
    /** Done; for {@code trace}, {@code diagnose}, {@code doctor}: healthy. */
    DONE(0),
    /** A fault was found in the network. */
    FAULT_FOUND(1),
    /** The work could not be done. */
    FAILED(1),
    /** The command line or an input file is wrong. */
    USAGE(2),
    /** Not permitted, or not supported by this kernel. */
    UNSUPPORTED(3),
    /** Packets were lost, and the evidence does not say why. */
    INCONCLUSIVE(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
