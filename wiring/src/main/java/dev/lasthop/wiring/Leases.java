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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The addresses of one network that are taken, in the layout of CNI's host-local: a file for each, named as the address, which holds who
 * has it and by which interface; and the last one given out, so that an address is not given again at once.
 *
 * <p>To be called under the state's lock.
 */
record Leases(Path folder) {
    private static final int MOST_TRIES_LOG2 = 20;
    private static final FileAttribute<Set<PosixFilePermission>> FOR_ROOT =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Who has an address. */
    record Lease(IpAddress address, String holder, String interfaceName) {}

    /** A free address, not yet taken. */
    IpAddress choose(Subnet subnet) {
        return choose(subnet, List.of());
    }

    /** The same, and none of {@code reserved}. */
    IpAddress choose(Subnet subnet, Collection<IpAddress> reserved) {
        Prefix prefix = subnet.prefix();
        IpAddress first = prefix.first().plus(1);
        IpAddress last = prefix.family() == Family.IPV4 ? prefix.last().plus(-1) : prefix.last();
        IpAddress start = lastReserved(prefix.family())
                .filter(prefix::contains)
                .map(address -> address.plus(1))
                .orElse(first);
        int hostBits = prefix.family().bits() - prefix.length();
        int tries = 1 << Math.min(hostBits, MOST_TRIES_LOG2);
        IpAddress candidate = start;
        for (int i = 0; i < tries; i++) {
            if (candidate.compareTo(last) > 0 || candidate.compareTo(first) < 0) {
                candidate = first;
            }
            boolean isFree = !subnet.gateway().equals(Optional.of(candidate)) && !reserved.contains(candidate);
            if (isFree && !Files.exists(file(candidate))) {
                return candidate;
            }
            candidate = candidate.plus(1);
        }
        throw exhausted(prefix, all());
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
            Path last = folder.resolve("last_reserved_ip." + index(address.family()));
            if (!Files.exists(last)) {
                Files.createFile(last, FOR_ROOT);
            }
            Files.writeString(last, address.toString(), UTF_8);
        } catch (FileAlreadyExistsException e) {
            throw new WiringException("address " + address + " is taken already: " + file);
        } catch (IOException e) {
            throw StateFile.failed("write", file, e);
        }
    }

    /** Gives back what a holder has; nothing if it has nothing. */
    void release(String holder, String interfaceName) {
        for (Lease lease : all()) {
            if (lease.holder().equals(holder) && lease.interfaceName().equals(interfaceName)) {
                StateFile.delete(file(lease.address()));
            }
        }
    }

    /** Gives back one address, if this holder has it. */
    void release(IpAddress address, String holder) {
        if (holder(address)
                .filter(lease -> lease.holder().isEmpty() || lease.holder().equals(holder))
                .isPresent()) {
            StateFile.delete(file(address));
        }
    }

    List<Lease> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var leases = new ArrayList<Lease>();
        try (Stream<Path> files = Files.list(folder)) {
            files.sorted()
                    .forEach(file -> IpAddress.tryParse(file.getFileName().toString())
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

    private static Optional<Lease> read(Path file, IpAddress address) {
        try {
            String[] lines = Files.readString(file, UTF_8).split("\r\n", 2);
            return Optional.of(new Lease(address, lines[0].strip(), lines.length > 1 ? lines[1].strip() : ""));
        } catch (java.nio.file.NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StateFile.failed("read", file, e);
        }
    }

    private Optional<IpAddress> lastReserved(Family family) {
        Path file = folder.resolve("last_reserved_ip." + index(family));
        try {
            return Files.exists(file)
                    ? IpAddress.tryParse(Files.readString(file, UTF_8).strip())
                            .filter(address -> address.family() == family)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // it is a hint only
        }
    }

    private static int index(Family family) {
        return family == Family.IPV4 ? 0 : 1;
    }

    private WiringException exhausted(Prefix prefix, List<Lease> taken) {
        List<String> holders = taken.stream()
                .filter(lease -> prefix.contains(lease.address()))
                .limit(10)
                .map(lease -> lease.address() + " " + lease.holder())
                .toList();
        long more =
                taken.stream().filter(lease -> prefix.contains(lease.address())).count() - holders.size();
        return new WiringException("no address is free in " + prefix + "; taken: " + String.join(", ", holders)
                + (more > 0 ? " and " + more + " more" : "")
                + ". Disconnect one of them, run lasthop gc if some of them are gone, or use a larger subnet");
    }
}
