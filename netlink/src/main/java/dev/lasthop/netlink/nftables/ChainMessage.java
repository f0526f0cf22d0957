package dev.lasthop.netlink.nftables;

import dev.lasthop.netlink.Attributes;
import dev.lasthop.netlink.Bytes;
import dev.lasthop.netlink.Key;
import dev.lasthop.netlink.NetlinkMessage;
import java.util.Optional;
import java.util.OptionalInt;

/** A chain ({@code NFT_MSG_NEWCHAIN}): with a hook a base chain, without one a chain that others jump to. */
public record ChainMessage(NftHeader header, Attributes attributes) implements NftMessage {
    public static final Key<String> TABLE = Key.string(1, "NFTA_CHAIN_TABLE");
    public static final Key<Long> HANDLE = Key.bigEndian64(2, "NFTA_CHAIN_HANDLE");
    public static final Key<String> NAME = Key.string(3, "NFTA_CHAIN_NAME");
    public static final Key<Attributes> HOOK = Key.flaggedNested(4, "NFTA_CHAIN_HOOK");
    public static final Key<Integer> POLICY = Key.bigEndian32(5, "NFTA_CHAIN_POLICY");
    public static final Key<String> TYPE = Key.string(7, "NFTA_CHAIN_TYPE");
    public static final Key<Attributes> COUNTERS = Key.flaggedNested(8, "NFTA_CHAIN_COUNTERS");
    public static final Key<Integer> FLAGS = Key.bigEndian32(10, "NFTA_CHAIN_FLAGS");
    public static final Key<Bytes> USER_DATA = Key.bytes(12, "NFTA_CHAIN_USERDATA");

    public static final int POLICY_DROP = 0;
    public static final int POLICY_ACCEPT = 1;

    public static ChainMessage of(TableFamily family, String table, String name) {
        return new ChainMessage(
                NftHeader.of(family),
                new Fields().put(TABLE, table).put(NAME, name).done());
    }

    /** @param type {@code filter}, {@code nat} or {@code route} */
    public static ChainMessage base(
            TableFamily family, String table, String name, String type, BaseHook hook, boolean acceptsByDefault) {
        return new ChainMessage(
                NftHeader.of(family),
                new Fields()
                        .put(TABLE, table)
                        .put(NAME, name)
                        .put(HOOK, hook.encode())
                        .put(POLICY, acceptsByDefault ? POLICY_ACCEPT : POLICY_DROP)
                        .put(TYPE, type)
                        .done());
    }

    public static ChainMessage decode(NetlinkMessage message) {
        NftHeader.Body body = NftHeader.split(message);
        return new ChainMessage(body.header(), body.attributes());
    }

    @Override
    public String table() {
        return Fields.text(attributes, TABLE);
    }

    public String name() {
        return Fields.text(attributes, NAME);
    }

    public long handle() {
        return attributes.get(HANDLE).orElse(0L);
    }

    public Optional<BaseHook> hook() {
        return attributes.get(HOOK).map(BaseHook::decode);
    }

    /** {@link #POLICY_DROP} or {@link #POLICY_ACCEPT}; empty for a chain that is no base chain. */
    public OptionalInt policy() {
        return attributes.get(POLICY).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    /** {@code filter}, {@code nat}, {@code route}; empty for a chain that is no base chain. */
    public String type() {
        return Fields.text(attributes, TYPE);
    }

    public String comment() {
        return attributes
                .get(USER_DATA)
                .flatMap(data -> UserData.text(data, UserData.COMMENT))
                .orElse("");
    }

    @Override
    public String what() {
        return "chain " + familyName() + " " + table() + " " + name();
    }
}
