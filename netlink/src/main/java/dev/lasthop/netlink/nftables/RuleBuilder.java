package dev.lasthop.netlink.nftables;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import dev.lasthop.address.Protocol;
import dev.lasthop.netlink.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts a rule together in the order in which it is to be read: checks first, then what is done. The steps are those that nft itself
 * would write, so {@code nft list ruleset} shows the rule in its own words.
 */
public final class RuleBuilder {
    private static final int FIRST = 1; // register 1, 16 bytes
    private static final int WORDS = 8; // the same room as words of 4 bytes
    static final int NAME_SIZE = 16; // IFNAMSIZ
    private static final int LOCAL = 2; // RTN_LOCAL

    private final TableFamily family;
    private final String table;
    private final String chain;
    private final List<Expression> expressions = new ArrayList<>();
    private String comment = "";

    private RuleBuilder(TableFamily family, String table, String chain) {
        this.family = family;
        this.table = table;
        this.chain = chain;
    }

    public static RuleBuilder in(TableFamily family, String table, String chain) {
        return new RuleBuilder(family, table, chain);
    }

    /** {@code iifname "NAME"}; a {@code *} at the end stands for anything. */
    public RuleBuilder inputName(String name) {
        return interfaceName(MetaKey.INPUT_NAME, Check.Compare.EQUAL, name);
    }

    public RuleBuilder notInputName(String name) {
        return interfaceName(MetaKey.INPUT_NAME, Check.Compare.NOT_EQUAL, name);
    }

    /** {@code oifname "NAME"}. */
    public RuleBuilder outputName(String name) {
        return interfaceName(MetaKey.OUTPUT_NAME, Check.Compare.EQUAL, name);
    }

    public RuleBuilder notOutputName(String name) {
        return interfaceName(MetaKey.OUTPUT_NAME, Check.Compare.NOT_EQUAL, name);
    }

    /** {@code ip saddr PREFIX}. */
    public RuleBuilder source(Prefix prefix) {
        return address(prefix, true, Check.Compare.EQUAL);
    }

    public RuleBuilder notSource(Prefix prefix) {
        return address(prefix, true, Check.Compare.NOT_EQUAL);
    }

    /** {@code ip daddr PREFIX}. */
    public RuleBuilder destination(Prefix prefix) {
        return address(prefix, false, Check.Compare.EQUAL);
    }

    public RuleBuilder notDestination(Prefix prefix) {
        return address(prefix, false, Check.Compare.NOT_EQUAL);
    }

    /** {@code ip saddr @SET}. The id is the set's number within the same transaction, or 0 for one that is there. */
    public RuleBuilder sourceIn(Family addresses, String set, int setId) {
        familyCheck(addresses);
        return step(addressLoad(addresses, true)).step(new Check.Lookup(set, FIRST, 0, false, setId, false));
    }

    public RuleBuilder destinationIn(Family addresses, String set, int setId) {
        familyCheck(addresses);
        return step(addressLoad(addresses, false)).step(new Check.Lookup(set, FIRST, 0, false, setId, false));
    }

    /** Packets of this family only, in tables that see others too. */
    public RuleBuilder family(Family addresses) {
        familyCheck(addresses);
        return this;
    }

    /** {@code meta l4proto PROTOCOL}. */
    public RuleBuilder protocol(Protocol protocol) {
        return step(new Load.Meta(FIRST, MetaKey.TRANSPORT)).step(Check.Compare.equal(FIRST, (byte) protocol.number()));
    }

    /** {@code tcp dport PORT}. */
    public RuleBuilder destinationPort(Protocol protocol, int port) {
        return protocol(protocol)
                .step(new Load.Payload(FIRST, Load.Payload.TRANSPORT, 2, 2))
                .step(Check.Compare.equal(FIRST, network16(port)));
    }

    /** {@code tcp dport FIRST-LAST}. */
    public RuleBuilder destinationPorts(Protocol protocol, int first, int last) {
        protocol(protocol).step(new Load.Payload(FIRST, Load.Payload.TRANSPORT, 2, 2));
        return within(Bytes.of(network16(first)), Bytes.of(network16(last)));
    }

    /** {@code tcp sport PORT}. */
    public RuleBuilder sourcePort(Protocol protocol, int port) {
        return protocol(protocol)
                .step(new Load.Payload(FIRST, Load.Payload.TRANSPORT, 0, 2))
                .step(Check.Compare.equal(FIRST, network16(port)));
    }

    /** An echo request or reply with this identifier. */
    public RuleBuilder echoIdentifier(Family addresses, int identifier) {
        return protocol(Protocol.icmp(addresses))
                .step(new Load.Payload(FIRST, Load.Payload.TRANSPORT, 4, 2))
                .step(Check.Compare.equal(FIRST, network16(identifier)));
    }

    /** {@code ct state …}. States are bits of {@link CtKey}, one of which is to be set. */
    public RuleBuilder state(int states) {
        return step(new Load.Ct(FIRST, CtKey.STATE)).anyBit(states);
    }

    /** {@code ct status dnat}, by {@code IPS_*} bits. */
    public RuleBuilder status(int bits) {
        return step(new Load.Ct(FIRST, CtKey.STATUS)).anyBit(bits);
    }

    /** {@code fib daddr type local}. */
    public RuleBuilder destinationIsLocal() {
        return step(new Load.Fib(FIRST, Load.Fib.RESULT_ADDRESS_TYPE, Load.Fib.DESTINATION))
                .step(Check.Compare.equal(FIRST, native32(LOCAL)));
    }

    /** {@code fib saddr type local}. */
    public RuleBuilder sourceIsLocal() {
        return step(new Load.Fib(FIRST, Load.Fib.RESULT_ADDRESS_TYPE, Load.Fib.SOURCE))
                .step(Check.Compare.equal(FIRST, native32(LOCAL)));
    }

    /** {@code meta mark MARK}, or {@code meta mark & MASK == MARK}. */
    public RuleBuilder mark(int mark, int mask) {
        step(new Load.Meta(FIRST, MetaKey.MARK));
        if (mask != -1) {
            step(Transform.Bitwise.and(FIRST, native32(mask)));
        }
        return step(Check.Compare.equal(FIRST, native32(mark)));
    }

    public RuleBuilder setMark(int mark) {
        return step(new Load.Immediate(FIRST, RuleData.Value.of(native32(mark))))
                .step(new Statement.MetaWrite(MetaKey.MARK, FIRST));
    }

    /** {@code meta nftrace set 1}. */
    public RuleBuilder trace() {
        return step(new Load.Immediate(FIRST, RuleData.Value.of((byte) 1)))
                .step(new Statement.MetaWrite(MetaKey.TRACE, FIRST));
    }

    public RuleBuilder counter() {
        return step(Statement.Counter.ZERO);
    }

    public RuleBuilder accept() {
        return step(Load.Immediate.verdict(RuleData.Verdict.ACCEPT));
    }

    public RuleBuilder drop() {
        return step(Load.Immediate.verdict(RuleData.Verdict.DROP));
    }

    public RuleBuilder returns() {
        return step(Load.Immediate.verdict(RuleData.Verdict.RETURN));
    }

    public RuleBuilder jump(String target) {
        return step(Load.Immediate.verdict(RuleData.Verdict.jump(target)));
    }

    public RuleBuilder goTo(String target) {
        return step(Load.Immediate.verdict(RuleData.Verdict.goTo(target)));
    }

    public RuleBuilder masquerade() {
        return step(new Translation.Masquerade(0, 0, 0));
    }

    /** {@code dnat to ADDRESS:PORT}. Port 0 leaves the port. */
    public RuleBuilder destinationNat(IpAddress to, int port) {
        return translate(Translation.Nat.DESTINATION, to, port);
    }

    /** {@code snat to ADDRESS:PORT}. Port 0 leaves it to the kernel. */
    public RuleBuilder sourceNat(IpAddress to, int port) {
        return translate(Translation.Nat.SOURCE, to, port);
    }

    /**
     * {@code dnat ip to KEY map @MAP}: the map has an address and a port (fields {@link FieldType#IPV4} or IPV6, and PORT) for the key.
     *
     * @param setId the map's number within the same transaction; 0 for one that is there
     */
    public RuleBuilder destinationNatByMap(Family addresses, String map, int setId, KeyPart... key) {
        keyInto(addresses, key);
        int port = WORDS + addresses.bytes() / Integer.BYTES;
        int portRegister = port == WORDS + Integer.BYTES ? 2 : port;
        return step(new Check.Lookup(map, FIRST, FIRST, true, setId, false))
                .step(new Translation.Nat(
                        Translation.Nat.DESTINATION, protocolFamily(addresses), FIRST, 0, portRegister, 0, 0));
    }

    /** {@code dnat ip to KEY map @MAP}: the map has an address for the key; the port stays. */
    public RuleBuilder destinationNatByAddressMap(Family addresses, String map, KeyPart... key) {
        keyInto(addresses, key);
        return translateByMap(Translation.Nat.DESTINATION, addresses, map);
    }

    /** {@code snat ip to ip saddr map @MAP}. */
    public RuleBuilder sourceNatByMap(Family addresses, String map) {
        keyInto(addresses, KeyPart.SOURCE_ADDRESS);
        return translateByMap(Translation.Nat.SOURCE, addresses, map);
    }

    private RuleBuilder translateByMap(int type, Family addresses, String map) {
        return step(new Check.Lookup(map, FIRST, FIRST, true, 0, false))
                .step(new Translation.Nat(type, protocolFamily(addresses), FIRST, 0, 0, 0, 0));
    }

    /** {@code KEY != @SET}: goes on if the set does not hold the key. */
    public RuleBuilder notIn(Family addresses, String set, KeyPart... key) {
        keyInto(addresses, key);
        return step(new Check.Lookup(set, FIRST, 0, false, 0, true));
    }

    /** {@code KEY @SET} of parts that both families have alike. */
    public RuleBuilder in(String set, KeyPart... key) {
        loadKey(Family.IPV6, key);
        return step(new Check.Lookup(set, FIRST, 0, false, 0, false));
    }

    /** {@code ct helper set "OBJECT"}. */
    public RuleBuilder helper(String object) {
        return step(new Statement.ObjectReference(ObjectMessage.CT_HELPER, object, 0, ""));
    }

    /** {@code KEY vmap @MAP}. */
    public RuleBuilder verdictByMap(Family addresses, String map, int setId, KeyPart... key) {
        keyInto(addresses, key);
        return step(new Check.Lookup(map, FIRST, 0, true, setId, false));
    }

    /** {@code KEY @SET}: goes on if the set holds the key. */
    public RuleBuilder in(Family addresses, String set, int setId, KeyPart... key) {
        keyInto(addresses, key);
        return step(new Check.Lookup(set, FIRST, 0, false, setId, false));
    }

    public RuleBuilder step(Expression expression) {
        expressions.add(expression);
        return this;
    }

    /** @param text up to 127 bytes */
    public RuleBuilder comment(String text) {
        comment = text;
        return this;
    }

    public RuleMessage build() {
        return RuleMessage.of(family, table, chain, expressions, comment);
    }

    /** A number of 4 bytes as registers hold marks, states and types: in the machine's own order. */
    public static byte[] native32(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    /** A port as registers hold it. */
    public static byte[] network16(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }

    /** An interface's name as registers and elements hold it: 16 bytes. */
    public static byte[] interfaceName(String name) {
        return Arrays.copyOf(name.getBytes(UTF_8), NAME_SIZE);
    }

    private RuleBuilder interfaceName(MetaKey key, int operation, String name) {
        byte[] bytes = name.endsWith("*") ? name.substring(0, name.length() - 1).getBytes(UTF_8) : interfaceName(name);
        return step(new Load.Meta(FIRST, key)).step(new Check.Compare(FIRST, operation, Bytes.of(bytes)));
    }

    private RuleBuilder address(Prefix prefix, boolean source, int operation) {
        Family addresses = prefix.family();
        familyCheck(addresses);
        int length = prefix.length();
        byte[] network = prefix.first().bytes();
        if (length % 8 == 0 && length > 0) {
            Load.Payload whole = addressLoad(addresses, source);
            return step(new Load.Payload(FIRST, whole.header(), whole.offset(), length / 8))
                    .step(new Check.Compare(FIRST, operation, Bytes.of(Arrays.copyOf(network, length / 8))));
        }
        byte[] mask = new byte[addresses.bytes()];
        for (int bit = 0; bit < length; bit++) {
            mask[bit / 8] |= (byte) (0x80 >>> bit % 8);
        }
        return step(addressLoad(addresses, source))
                .step(Transform.Bitwise.and(FIRST, mask))
                .step(new Check.Compare(FIRST, operation, Bytes.of(network)));
    }

    private static Load.Payload addressLoad(Family addresses, boolean source) {
        return KeyPart.address(FIRST, addresses, source);
    }

    /** Tables that see both families need the check; in the others nft would show it as a rule of its own. */
    private void familyCheck(Family addresses) {
        switch (family) {
            case INET ->
                step(new Load.Meta(FIRST, MetaKey.NETFILTER_FAMILY))
                        .step(Check.Compare.equal(FIRST, (byte) protocolFamily(addresses)));
            case BRIDGE, NETDEV ->
                step(new Load.Meta(FIRST, MetaKey.PROTOCOL))
                        .step(Check.Compare.equal(FIRST, network16(addresses == Family.IPV4 ? 0x0800 : 0x86dd)));
            case IP, IP6, ARP -> {}
        }
    }

    private static int protocolFamily(Family addresses) {
        return addresses.number();
    }

    private RuleBuilder anyBit(int bits) {
        return step(Transform.Bitwise.and(FIRST, native32(bits)))
                .step(new Check.Compare(FIRST, Check.Compare.NOT_EQUAL, Bytes.of(native32(0))));
    }

    private RuleBuilder within(Bytes from, Bytes to) {
        return step(new Check.Compare(FIRST, Check.Compare.GREATER_OR_EQUAL, from))
                .step(new Check.Compare(FIRST, Check.Compare.LESS_OR_EQUAL, to));
    }

    private void keyInto(Family addresses, KeyPart... key) {
        if (Arrays.stream(key).anyMatch(part -> part == KeyPart.SOURCE_ADDRESS || part == KeyPart.DESTINATION_ADDRESS)
                || family == TableFamily.INET) {
            familyCheck(addresses);
        }
        loadKey(addresses, key);
    }

    private void loadKey(Family addresses, KeyPart... key) {
        int word = 0;
        for (KeyPart part : key) {
            step(part.load(word % Integer.BYTES == 0 ? FIRST + word / Integer.BYTES : WORDS + word, addresses));
            word += part.words(addresses);
        }
    }

    private RuleBuilder translate(int type, IpAddress to, int port) {
        step(new Load.Immediate(FIRST, RuleData.Value.of(to.bytes())));
        if (port != 0) {
            step(new Load.Immediate(2, RuleData.Value.of(network16(port))));
        }
        return step(new Translation.Nat(type, protocolFamily(to.family()), FIRST, 0, port == 0 ? 0 : 2, 0, 0));
    }
}
