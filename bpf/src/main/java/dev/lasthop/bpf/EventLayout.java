package dev.lasthop.bpf;

/** Where in a ring-buffer record the programs put what, and {@link EventDecoder} finds it. */
final class EventLayout {
    static final int NANOS = 0;
    static final int SKB = 8;
    static final int LOCATION = 16;
    static final int KIND = 24; // position in PacketEvent.Kind
    static final int FOLLOWED = 28;
    static final int DEVICE_NAMESPACE = 32;
    static final int IF_INDEX = 36;
    static final int DEVICE = 40; // char[16]
    static final int LENGTH = 56; // skb->len
    static final int ERROR = 60;
    static final int REASON = 64;
    static final int DETAIL = 68;
    static final int SOCKET_NAMESPACE = 72;
    static final int ROUTE_NAMESPACE = 76;
    static final int FAMILY = 80; // ethertype as in the packet; for routes AF_INET, AF_INET6
    static final int STACK_BYTES = 84; // may be minus an error number
    static final int TAIL = 88; // offset from skb->head, as the next two
    static final int NETWORK_HEADER = 92;
    static final int HEAD = 96; // u64 skb->head
    static final int DATA = 104; // u64 skb->data
    static final int TASK_NAMESPACE = 112;
    static final int HINT_NAMESPACE = 116; // of what this processor received last
    static final int HINT_NANOS = 120;
    static final int PACKET = 128;
    static final int SIZE = PACKET + PacketEvent.MOST_BYTES;
    static final int STACK = SIZE; // only where there are no names
    static final int FRAMES = 23;
    static final int NAMES = STACK
            + FRAMES * 8; // two texts of twelve names each; the location is the first; empty where the kernel cannot
    // write them
    static final int NAMES_BYTES = 480;
    static final int NAMES_AT_ONCE = 12; // more than that bpf_snprintf does not take
    static final int SIZE_WITH_STACK = NAMES + 2 * NAMES_BYTES;

    private EventLayout() {}
}
