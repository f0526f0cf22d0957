package dev.lasthop.linux;

/**
 * Error numbers and their names: all that a system call gives, and from 512 on those that are the kernel's own and slip out of it at times.
 *
 * @see <a href="https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/asm-generic/errno.h">errno.h</a>
 */
public record Errno(int number) {
    private static final String[] NAMES = names(
            "1 EPERM 2 ENOENT 3 ESRCH 4 EINTR 5 EIO 6 ENXIO 7 E2BIG 8 ENOEXEC 9 EBADF 10 ECHILD 11 EAGAIN 12 ENOMEM 13 EACCES "
                    + "14 EFAULT 15 ENOTBLK 16 EBUSY 17 EEXIST 18 EXDEV 19 ENODEV 20 ENOTDIR 21 EISDIR 22 EINVAL 23 ENFILE 24 EMFILE "
                    + "25 ENOTTY 26 ETXTBSY 27 EFBIG 28 ENOSPC 29 ESPIPE 30 EROFS 31 EMLINK 32 EPIPE 33 EDOM 34 ERANGE 35 EDEADLK "
                    + "36 ENAMETOOLONG 37 ENOLCK 38 ENOSYS 39 ENOTEMPTY 40 ELOOP 42 ENOMSG 43 EIDRM 44 ECHRNG 45 EL2NSYNC 46 EL3HLT "
                    + "47 EL3RST 48 ELNRNG 49 EUNATCH 50 ENOCSI 51 EL2HLT 52 EBADE 53 EBADR 54 EXFULL 55 ENOANO 56 EBADRQC 57 EBADSLT "
                    + "59 EBFONT 60 ENOSTR 61 ENODATA 62 ETIME 63 ENOSR 64 ENONET 65 ENOPKG 66 EREMOTE 67 ENOLINK 68 EADV 69 ESRMNT "
                    + "70 ECOMM 71 EPROTO 72 EMULTIHOP 73 EDOTDOT 74 EBADMSG 75 EOVERFLOW 76 ENOTUNIQ 77 EBADFD 78 EREMCHG 79 ELIBACC "
                    + "80 ELIBBAD 81 ELIBSCN 82 ELIBMAX 83 ELIBEXEC 84 EILSEQ 85 ERESTART 86 ESTRPIPE 87 EUSERS 88 ENOTSOCK "
                    + "89 EDESTADDRREQ 90 EMSGSIZE 91 EPROTOTYPE 92 ENOPROTOOPT 93 EPROTONOSUPPORT 94 ESOCKTNOSUPPORT 95 EOPNOTSUPP "
                    + "96 EPFNOSUPPORT 97 EAFNOSUPPORT 98 EADDRINUSE 99 EADDRNOTAVAIL 100 ENETDOWN 101 ENETUNREACH 102 ENETRESET "
                    + "103 ECONNABORTED 104 ECONNRESET 105 ENOBUFS 106 EISCONN 107 ENOTCONN 108 ESHUTDOWN 109 ETOOMANYREFS "
                    + "110 ETIMEDOUT 111 ECONNREFUSED 112 EHOSTDOWN 113 EHOSTUNREACH 114 EALREADY 115 EINPROGRESS 116 ESTALE "
                    + "117 EUCLEAN 118 ENOTNAM 119 ENAVAIL 120 EISNAM 121 EREMOTEIO 122 EDQUOT 123 ENOMEDIUM 124 EMEDIUMTYPE "
                    + "125 ECANCELED 126 ENOKEY 127 EKEYEXPIRED 128 EKEYREVOKED 129 EKEYREJECTED 130 EOWNERDEAD 131 ENOTRECOVERABLE "
                    + "132 ERFKILL 133 EHWPOISON 134 EFTYPE 512 ERESTARTSYS 513 ERESTARTNOINTR 514 ERESTARTNOHAND 515 ENOIOCTLCMD "
                    + "516 ERESTART_RESTARTBLOCK 517 EPROBE_DEFER 518 EOPENSTALE 519 ENOPARAM 521 EBADHANDLE 522 ENOTSYNC "
                    + "523 EBADCOOKIE 524 ENOTSUPP 525 ETOOSMALL 526 ESERVERFAULT 527 EBADTYPE 528 EJUKEBOX 529 EIOCBQUEUED "
                    + "530 ERECALLCONFLICT");

    public static final Errno EPERM = new Errno(1);
    public static final Errno ENOENT = new Errno(2);
    public static final Errno ESRCH = new Errno(3);
    public static final Errno EINTR = new Errno(4);
    public static final Errno EBADF = new Errno(9);
    public static final Errno EAGAIN = new Errno(11);
    public static final Errno ENOMEM = new Errno(12);
    public static final Errno EACCES = new Errno(13);
    public static final Errno EBUSY = new Errno(16);
    public static final Errno EEXIST = new Errno(17);
    public static final Errno ENODEV = new Errno(19);
    public static final Errno EINVAL = new Errno(22);
    public static final Errno EMFILE = new Errno(24);
    public static final Errno ENOSPC = new Errno(28);
    public static final Errno ENOSYS = new Errno(38);
    public static final Errno EXFULL = new Errno(54);
    public static final Errno EMSGSIZE = new Errno(90);
    public static final Errno ENOPROTOOPT = new Errno(92);
    public static final Errno EPROTONOSUPPORT = new Errno(93);
    public static final Errno EOPNOTSUPP = new Errno(95);
    public static final Errno EAFNOSUPPORT = new Errno(97);
    public static final Errno EADDRINUSE = new Errno(98);
    public static final Errno EADDRNOTAVAIL = new Errno(99);
    public static final Errno ENETDOWN = new Errno(100);
    public static final Errno ENETUNREACH = new Errno(101);
    public static final Errno EPIPE = new Errno(32);
    public static final Errno ECONNRESET = new Errno(104);
    public static final Errno ENOBUFS = new Errno(105);
    public static final Errno ENOTCONN = new Errno(107);
    public static final Errno ETIMEDOUT = new Errno(110);
    public static final Errno ECONNREFUSED = new Errno(111);
    public static final Errno EHOSTUNREACH = new Errno(113);
    public static final Errno EINPROGRESS = new Errno(115);

    public static Errno of(int number) {
        return new Errno(number);
    }

    /** The name in the kernel's headers, such as {@code EEXIST}; for a number that has none there, {@code errno 41}. */
    public String name() {
        return number >= 0 && number < NAMES.length && NAMES[number] != null ? NAMES[number] : "errno " + number;
    }

    @Override
    public String toString() {
        return name();
    }

    private static String[] names(String table) {
        String[] words = table.split(" ");
        String[] names = new String[531];
        for (int i = 0; i < words.length; i += 2) {
            names[Integer.parseInt(words[i])] = words[i + 1];
        }
        return names;
    }
}
