package dev.lasthop.json;

/**
 * What a document may cost before it is refused.
 *
 * @param bytes the size of the whole text in UTF-8
 * @param depth how many arrays and objects may stand in each other
 */
public record Limits(int bytes, int depth) {
    /** Enough for a dossier of a large host: 64 MiB, 64 deep. */
    public static final Limits DEFAULT = new Limits(64 << 20, 64);

    public Limits {
        if (bytes < 1 || depth < 1 || depth > 500) {
            throw new IllegalArgumentException("limits of " + bytes + " bytes and depth " + depth);
        }
    }
}
