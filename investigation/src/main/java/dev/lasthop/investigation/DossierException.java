package dev.lasthop.investigation;

import java.nio.file.Path;

/** A dossier that cannot be written or read: which file, why, and what to do next. */
public final class DossierException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final boolean input;

    private DossierException(Path file, boolean input, String message, Throwable cause) {
        super(message, cause);
        this.file = file;
        this.input = input;
    }

    static DossierException unreadable(Path file, String why, Throwable cause) {
        return new DossierException(file, true, "cannot replay " + file + ": " + why, cause);
    }

    static DossierException unwritable(Path file, String why, Throwable cause) {
        return new DossierException(file, false, "cannot save the dossier as " + file + ": " + why, cause);
    }

    public Path file() {
        return file;
    }

    /** Whether it is the file that is wrong; otherwise it could not be written. */
    public boolean isInput() {
        return input;
    }
}
