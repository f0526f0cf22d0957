package dev.lasthop.netlink.nftables;

import dev.lasthop.linux.Errno;
import dev.lasthop.linux.KernelException;
import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import dev.lasthop.netlink.NetlinkSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All of a namespace's nf_tables rules as the kernel sent them.
 *
 * @param generation the rule set's number, which grows with each change
 * @param consistent whether all of it is of that one generation
 */
public record Ruleset(
        int generation,
        boolean consistent,
        List<NetlinkMessage> tables,
        List<NetlinkMessage> chains,
        List<NetlinkMessage> rules,
        List<NetlinkMessage> sets,
        List<NetlinkMessage> elements,
        List<NetlinkMessage> objects) {
    private static final Key<Integer> GENERATION = Key.bigEndian32(1, "NFTA_GEN_ID");
    private static final int TRIES = 5;
    private static final NftHeader ANY = new NftHeader(0, 0, 0);

    public Ruleset {
        tables = List.copyOf(tables);
        chains = List.copyOf(chains);
        rules = List.copyOf(rules);
        sets = List.copyOf(sets);
        elements = List.copyOf(elements);
        objects = List.copyOf(objects);
    }

    /** Reads it whole, again if it is changed meanwhile. The socket is one of {@link NetlinkSocket#NETFILTER}. */
    public static Ruleset dump(NetlinkSocket socket) {
        for (int attempt = 1; ; attempt++) {
            int before = generation(socket);
            Ruleset all = dump(socket, before);
            if (all.consistent() && generation(socket) == before) {
                return all;
            }
            if (attempt == TRIES) {
                return new Ruleset(
                        before, false, all.tables, all.chains, all.rules, all.sets, all.elements, all.objects);
            }
        }
    }

    /** The rule set's present number; 0 where the kernel has no nf_tables. */
    public static int generation(NetlinkSocket socket) {
        return socket
                .request("read the rule set's generation", NftType.GET_GENERATION, 0, ANY.body(Attributes.NONE))
                .stream()
                .filter(message -> message.type() == NftType.NEW_GENERATION)
                .map(message ->
                        NftHeader.split(message).attributes().get(GENERATION).orElse(0))
                .findFirst()
                .orElse(0);
    }

    /**
     * The element of a set or map that has this one's key; for an interval, the one that holds its first value. Nothing else is read: it
     * costs the same however many elements there are.
     */
    public static Optional<SetElement> element(NetlinkSocket socket, ElementsMessage set, SetElement element) {
        ElementsMessage question = ElementsMessage.of(set.header(), set.table(), set.set(), element.asked());
        try {
            return socket.request("read " + set.what(), NftType.GET_ELEMENTS, 0, question.body()).stream()
                    .filter(message -> message.type() == NftType.NEW_ELEMENTS)
                    .flatMap(message -> ElementsMessage.decode(message).elements().stream())
                    .findFirst();
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) { // the element, the set or the table
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Ruleset dump(NetlinkSocket socket, int generation) {
        var reader = new Reader(socket);
        List<NetlinkMessage> tables = reader.dump("tables", NftType.GET_TABLE, ANY.body(Attributes.NONE));
        List<NetlinkMessage> chains = reader.dump("chains", NftType.GET_CHAIN, ANY.body(Attributes.NONE));
        List<NetlinkMessage> rules = reader.dump("rules", NftType.GET_RULE, ANY.body(Attributes.NONE));
        List<NetlinkMessage> sets = reader.dump("sets", NftType.GET_SET, ANY.body(Attributes.NONE));
        var elements = new ArrayList<NetlinkMessage>();
        for (NetlinkMessage message : sets) {
            SetMessage set = SetMessage.decode(message);
            Bytes which = set.header()
                    .body(Attributes.of(ElementsMessage.TABLE.to(set.table()), ElementsMessage.SET.to(set.name())));
            elements.addAll(reader.dump("elements of " + set.what(), NftType.GET_ELEMENTS, which));
        }
        List<NetlinkMessage> objects = reader.dump("objects", NftType.GET_OBJECT, ANY.body(Attributes.NONE));
        return new Ruleset(generation, reader.consistent, tables, chains, rules, sets, elements, objects);
    }

    private static final class Reader {
        private final NetlinkSocket socket;
        private boolean consistent = true;

        Reader(NetlinkSocket socket) {
            this.socket = socket;
        }

        List<NetlinkMessage> dump(String what, int type, Bytes body) {
            try {
                var dump = socket.dump("read " + what, type, body);
                consistent &= !dump.interrupted();
                return dump.messages();
            } catch (KernelException e) {
                if (e.is(Errno.ENOENT)) { // its table or set went away meanwhile
                    consistent = false;
                    return List.of();
                }
                throw e;
            }
        }
    }
}
