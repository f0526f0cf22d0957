package dev.lasthop.diagnosis;

/**
 * What the catalogue says of a fault.
 *
 * @param id stable: {@code ip-forward-disabled}
 * @param title what is wrong, in a sentence without a full stop
 * @param recognised how it is told apart from what looks the same
 * @param mending how it is mended
 */
public record Page(String id, Group group, String title, String recognised, String mending) {}
