package dev.lasthop.bpf;

/** The kinds of types in BTF; their numbers are the kernel's (BTF_KIND_* in include/uapi/linux/btf.h). */
public enum BtfKind {
    VOID(0),
    INT(1),
    PTR(2),
    ARRAY(3),
    STRUCT(4),
    UNION(5),
    ENUM(6),
    FWD(7),
    TYPEDEF(8),
    VOLATILE(9),
    CONST(10),
    RESTRICT(11),
    FUNC(12),
    FUNC_PROTO(13),
    VAR(14),
    DATASEC(15),
    FLOAT(16),
    DECL_TAG(17),
    TYPE_TAG(18),
    ENUM64(19);

    private static final BtfKind[] VALUES = values();

    private final int number;

    BtfKind(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static BtfKind of(int number) {
        if (number >= VALUES.length) {
            throw new MalformedBtfException("there is no kind " + number);
        }
        return VALUES[number];
    }
}
