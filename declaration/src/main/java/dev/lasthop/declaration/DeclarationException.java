package dev.lasthop.declaration;

/** A file cannot be taken for a declaration. The message says where: file, line, key. */
public final class DeclarationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeclarationException(String file, int line, String where, String reason) {
        super(file + " line " + line + (where.isEmpty() ? "" : ", " + where) + ": " + reason);
    }

    DeclarationException(String message, Throwable cause) {
        super(message, cause);
    }
}
