package dev.lasthop.netlink.nftables;

import static dev.lasthop.netlink.nftables.Fields.number;
import static dev.lasthop.netlink.nftables.Fields.text;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;

/**
 * A match or target of iptables' older framework (x_tables) within a rule: what {@code iptables-nft} writes where nf_tables has no word
 * of its own, and what all rules of {@code iptables-legacy} consist of.
 */
public sealed interface Extension extends Expression {
    /** The extension's name: {@code conntrack}, {@code DNAT}. */
    String extension();

    int revision();

    /** The extension's own struct, in the layout of its revision and of this machine. */
    Bytes settings();

    private static Attributes write(Extension extension) {
        return new Fields()
                .put(Match.NAME, extension.extension())
                .put(Match.REVISION, extension.revision())
                .put(Match.SETTINGS, extension.settings())
                .done();
    }

    /** Ends the rule unless the extension agrees. */
    record Match(String extension, int revision, Bytes settings) implements Extension {
        static final Key<String> NAME = Key.string(1, "NFTA_MATCH_NAME");
        static final Key<Integer> REVISION = Key.bigEndian32(2, "NFTA_MATCH_REV");
        static final Key<Bytes> SETTINGS = Key.bytes(3, "NFTA_MATCH_INFO");

        static Match decode(Attributes in) {
            return new Match(
                    text(in, NAME), number(in, REVISION), in.get(SETTINGS).orElse(Bytes.EMPTY));
        }

        @Override
        public String name() {
            return "match";
        }

        @Override
        public Attributes attributes() {
            return write(this);
        }
    }

    /** Does something, and may end with a verdict. The attributes have the numbers that {@link Match} has. */
    record Target(String extension, int revision, Bytes settings) implements Extension {
        static Target decode(Attributes in) {
            return new Target(
                    text(in, Match.NAME),
                    number(in, Match.REVISION),
                    in.get(Match.SETTINGS).orElse(Bytes.EMPTY));
        }

        @Override
        public String name() {
            return "target";
        }

        @Override
        public Attributes attributes() {
            return write(this);
        }
    }
}
