/**
 * Floor 0: the door to the kernel. System calls, file descriptors, errno, memory, capabilities, threads that live in a namespace.
 * The only module that needs {@code --enable-native-access}.
 */
@org.jspecify.annotations.NullMarked
module dev.lasthop.linux {
    requires static transitive org.jspecify;

    exports dev.lasthop.linux;
}
