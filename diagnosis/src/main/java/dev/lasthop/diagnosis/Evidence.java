package dev.lasthop.diagnosis;

/**
 * One fact that speaks for a finding.
 *
 * @param kind where it comes from, in one word: {@code drop}, {@code sysctl}, {@code rule}, {@code route}, {@code link},
 *     {@code neighbor}, {@code seen}, {@code counter}, {@code socket}, {@code conntrack}, {@code icmp}
 * @param text the fact, naming the things at hand
 */
public record Evidence(String kind, String text) {}
