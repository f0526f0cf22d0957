package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import java.util.Optional;

/**
 * A message about one thing in the rule set. The attributes are kept as they came, so that nothing is lost that this program has no
 * name for; the accessors read what they name.
 */
public sealed interface NftMessage
        permits TableMessage, ChainMessage, RuleMessage, SetMessage, ElementsMessage, ObjectMessage {
    NftHeader header();

    Attributes attributes();

    /** The table that it belongs to, or is. */
    String table();

    /** The thing in words, for errors: {@code rule in chain ip nat POSTROUTING}. */
    String what();

    default Optional<TableFamily> family() {
        return TableFamily.of(header().family());
    }

    /** The family's name, or its number where there is no name for it. */
    default String familyName() {
        return family().map(TableFamily::toString).orElse("family " + header().family());
    }

    default Bytes body() {
        return header().body(attributes());
    }
}
