package dev.lasthop.lab;

/** What a lab may be called: its name begins those of its namespaces and is the name of a file. */
public final class LabName {
    private LabName() {}

    /** Lower-case letters, digits and hyphens, at most 32, a letter or digit first. */
    public static boolean isValid(String name) {
        return name.matches("[a-z0-9][a-z0-9-]{0,31}");
    }

    /**
     * The name, if it is one.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static String require(String name) {
        if (!isValid(name)) {
            throw new IllegalArgumentException(
                    "a lab's name is made of at most 32 lower-case letters, digits and hyphens, the first no hyphen");
        }
        return name;
    }
}
