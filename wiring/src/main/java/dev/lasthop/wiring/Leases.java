package dev.lasthop.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lasthop.address.Family;
import dev.lasthop.address.IpAddress;
import dev.lasthop.address.Prefix;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The addresses of one network that are taken, in the layout of CNI's host-local: a file for each, named as the address, which holds who
 * has it and by which interface; and the last one given out, so that an address is not given again at once. Both can share a folder: they
 * take the same {@link #lock}.
 *
 * <p>To be called under the state's lock.
 *
 * @param ranges where leases come from
 * @param excluded what is given out to nobody who does not ask for it
 */
record Leases(Path folder, List<AddressRange> ranges, List<AddressRange> excluded) {
    private static final long MOST = 1 << 20; // addresses of a range that are given out
    private static final int LONGEST_FILE = 4096;
    private static final FileAttribute<Set<PosixFilePermission>> FOR_ROOT =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    Leases {
        ranges = List.copyOf(ranges);
        excluded = List.copyOf(excluded);
    }

    static Leases of(Path folder, List<Subnet> subnets, LeaseRanges ranges) {
        return new Leases(
                folder,
                subnets.stream().flatMap(subnet -> ranges.of(subnet).stream()).toList(),
                ranges.excluded());
    }

    /** Who has an address; nobody, where a killed process, of whatever program, had made the file and written nothing yet. */
    record Lease(IpAddress address, String holder, String interfaceName) {}

    /** Keeps CNI's host-local out of the folder. */
    StateFolders.Lock lock() {
        return StateFolders.lock(StateFolders.folder(folder).resolve("lock"));
    }

    /** A free address, not yet taken. */
    IpAddress choose(Subnet subnet) {
        return choose(subnet, List.of());
    }

    /** The same, and none of {@code reserved}. */
    IpAddress choose(Subnet subnet, Collection<IpAddress> reserved) {
        List<AddressRange> own =
                ranges.stream().filter(range -> range.isWithin(subnet.prefix())).toList();
        Optional<IpAddress> last = lastReserved(subnet.family());
        int start = 0;
        for (int i = 0; i < own.size(); i++) {
            start = last.filter(own.get(i)::contains).isPresent() ? i : start;
        }
        for (int i = 0; i <= own.size(); i++) { // the first once more, for what is before its last one
            AddressRange range = own.get((start + i) % own.size());
            IpAddress from = i == 0
                    ? last.filter(range::contains)
                            .map(address -> address.plus(1))
                            .orElse(range.first())
                    : range.first();
            Optional<IpAddress> free = free(subnet, range, offset(range, from), reserved);
            if (free.isPresent()) {
                return free.get();
            }
        }
        List<Lease> taken = all();
        for (AddressRange range : own) { // the index may be behind the files
            BitSet bits = bits(range, taken);
            for (int bit = bits.nextClearBit(0); bit < range.size(MOST); bit = bits.nextClearBit(bit + 1)) {
                IpAddress address = range.first().plus(bit);
                if (isFree(subnet, address, reserved)) {
                    return address;
                }
            }
        }
        throw exhausted(subnet.prefix(), taken);
    }

    private Optional<IpAddress> free(Subnet subnet, AddressRange range, long from, Collection<IpAddress> reserved) {
        LeaseIndex index = index(range);
        for (long i = index.free(from); i < index.size(); i = index.free(i + 1)) {
            IpAddress address = range.first().plus(i);
            Optional<AddressRange> out =
                    excluded.stream().filter(no -> no.contains(address)).findFirst();
            if (out.isPresent()) {
                i = offset(range, out.get().last());
            } else if (isFree(subnet, address, reserved)) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    private boolean isFree(Subnet subnet, IpAddress address, Collection<IpAddress> reserved) {
        return !subnet.gateway().equals(Optional.of(address))
                && !reserved.contains(address)
                && excluded.stream().noneMatch(no -> no.contains(address))
                && !Files.exists(file(address));
    }

    /** Who has this address. */
    Optional<Lease> holder(IpAddress address) {
        return read(file(address), address);
    }

    void take(IpAddress address, String holder, String interfaceName) {
        StateFolders.folder(folder);
        Path file = file(address);
        try {
            Files.createFile(file, FOR_ROOT);
            Files.writeString(file, holder + "\r\n" + interfaceName, UTF_8);
        } catch (FileAlreadyExistsException e) {
            throw new WiringException("address " + address + " is taken already: " + file, e);
        } catch (IOException e) {
            throw StateFile.failed("write", file, e);
        }
        rangeOf(address).ifPresent(range -> {
            LeaseIndex index = index(range);
            if (!index.note(offset(range, address), true)) { // it was noted as taken, and was not
                index.reset(bits(range, all()));
            }
            remember(address);
        });
    }

    /** Gives back one address, if this holder has it, or nobody. */
    void release(IpAddress address, String holder) {
        if (holder(address)
                .filter(lease -> lease.holder().isEmpty() || lease.holder().equals(holder))
                .isPresent()) {
            StateFile.delete(file(address));
            if (Files.isDirectory(folder)) {
                rangeOf(address).ifPresent(range -> index(range).note(offset(range, address), false));
            }
        }
    }

    List<Lease> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var leases = new ArrayList<Lease>();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> IpAddress.tryParse(file.getFileName().toString())
                    .flatMap(address -> read(file, address))
                    .ifPresent(leases::add));
        } catch (IOException e) {
            throw StateFile.failed("list", folder, e);
        }
        leases.sort((a, b) -> a.address().compareTo(b.address()));
        return leases;
    }

    /** Removes the folder of a network that is no more. */
    void forget() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(StateFile::delete);
        } catch (IOException e) {
            throw StateFile.failed("list", folder, e);
        }
        StateFile.delete(folder);
    }

    private Path file(IpAddress address) {
        return folder.resolve(address.toString());
    }

    private Optional<AddressRange> rangeOf(IpAddress address) {
        return ranges.stream()
                .filter(range -> range.contains(address) && offset(range, address) < range.size(MOST))
                .findFirst();
    }

    private LeaseIndex index(AddressRange range) {
        return new LeaseIndex(folder.resolve(".taken-" + range.first()), range.size(MOST));
    }

    private static long offset(AddressRange range, IpAddress address) {
        boolean near = address.family() == Family.IPV4
                || address.high() == range.first().high();
        long distance = address.low() - range.first().low();
        return near && distance >= 0 && distance < MOST ? distance : MOST;
    }

    private static BitSet bits(AddressRange range, List<Lease> taken) {
        var bits = new BitSet();
        for (Lease lease : taken) {
            if (range.contains(lease.address()) && offset(range, lease.address()) < MOST) {
                bits.set((int) offset(range, lease.address()));
            }
        }
        return bits;
    }

    private static Optional<Lease> read(Path file, IpAddress address) {
        if (Files.isDirectory(file)) {
            return Optional.of(new Lease(address, "something that is no lease but a folder (" + file + ")", ""));
        }
        try (var in = Files.newInputStream(file)) {
            String[] lines = new String(in.readNBytes(LONGEST_FILE), UTF_8).split("\r\n", 2);
            return Optional.of(new Lease(address, lines[0].strip(), lines.length > 1 ? lines[1].strip() : ""));
        } catch (java.nio.file.NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateFile.failed("read", file, e);
        }
    }

    /** For the next one; not worth failing for. */
    private void remember(IpAddress address) {
        Path last = last(address.family());
        try {
            if (!Files.exists(last)) {
                Files.createFile(last, FOR_ROOT);
            }
            Files.writeString(last, address.toString(), UTF_8);
        } catch (IOException e) {
            // the next search begins elsewhere
        }
    }

    private Optional<IpAddress> lastReserved(Family family) {
        try {
            return IpAddress.tryParse(Files.readString(last(family), UTF_8).strip())
                    .filter(address -> address.family() == family);
        } catch (IOException e) {
            return Optional.empty(); // it is a hint only
        }
    }

    private Path last(Family family) {
        return folder.resolve("last_reserved_ip." + (family == Family.IPV4 ? 0 : 1));
    }

    private WiringException exhausted(Prefix prefix, List<Lease> taken) {
        List<Lease> own =
                taken.stream().filter(lease -> prefix.contains(lease.address())).toList();
        List<String> holders = own.stream()
                .limit(10)
                .map(lease -> lease.address() + " " + (lease.holder().isEmpty() ? "nobody" : lease.holder()))
                .toList();
        long more = (long) own.size() - holders.size();
        return new WiringException("no address is free in " + prefix + "; taken: " + String.join(", ", holders)
                + (more > 0 ? " and " + more + " more" : "")
                + ". Disconnect one of them, run lasthop gc if some of them are gone, or use a larger subnet");
    }
}
