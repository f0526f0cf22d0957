package dev.lasthop.investigation;

import dev.lasthop.json.Json;
import dev.lasthop.json.JsonException;
import dev.lasthop.json.JsonObject;
import dev.lasthop.json.Limits;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/**
 * A whole investigation in one file: gzip'd JSON ({@code lasthop.dossier/1}) with the question, what was seen, and, in base64, the
 * {@linkplain dev.lasthop.topology.RecordingFile recordings} of the kernel's own bytes. {@link #replay} predicts and examines anew from
 * that alone, without rights and without asking the kernel anything. Such a file may come from anybody: what is read is bounded.
 */
public final class DossierFile {
    private static final int MOST_ON_DISK = 64 << 20;
    private static final Limits LIMITS = new Limits(96 << 20, 16);
    private static final int CHUNK = 64 * 1024;

    private DossierFile() {}

    /**
     * Writes it, for its owner's eyes only: it holds addresses, rules and connections. The file is there whole or not at all.
     *
     * @throws DossierException if it cannot be written; says why
     */
    public static void save(Investigator.Result result, Path file) {
        write(encode(result), file);
    }

    /**
     * Reads a file and examines it with the code that examines the living.
     *
     * @throws DossierException if it cannot be read or is no dossier; says what is wrong with it
     */
    public static Investigator.Result replay(Path file) {
        byte[] zipped = read(file);
        try {
            return decode(zipped);
        } catch (JsonException | IOException e) {
            throw DossierException.unreadable(file, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | StackOverflowError e) {
            // a file that is well formed can still describe a network that no kernel has
            throw DossierException.unreadable(file, "what it describes makes no sense: " + e, e);
        }
    }

    static byte[] encode(Investigator.Result result) {
        byte[] text = Json.compact(DossierJson.write(result)).getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream();
        try (var zipped = new GZIPOutputStream(out)) {
            zipped.write(text);
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        }
        return out.toByteArray();
    }

    static Investigator.Result decode(byte[] zipped) throws IOException {
        JsonObject json = Json.readObject(unzip(zipped), LIMITS);
        return DossierJson.read(json);
    }

    /** Memory is taken as bytes come out, up to the limit: a small file may unfold to a very large one. */
    private static byte[] unzip(byte[] zipped) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(zipped), CHUNK)) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                out.write(chunk, 0, count);
                if (out.size() > LIMITS.bytes()) {
                    throw new IOException("unpacked it has more than " + (LIMITS.bytes() >> 20) + " MiB");
                }
            }
            return out.toByteArray();
        } catch (EOFException e) {
            throw new IOException("it is cut short, at " + out.size() + " bytes unpacked", e);
        } catch (ZipException e) {
            throw new IOException(
                    out.size() == 0
                            ? "this is no dossier: it is not gzip'd"
                            : "it is damaged after " + out.size() + " bytes unpacked: " + e.getMessage(),
                    e);
        }
    }

    private static byte[] read(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw DossierException.unreadable(file, "it is no ordinary file", new IOException());
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_ON_DISK + 1);
            if (bytes.length > MOST_ON_DISK) {
                throw new IOException("it has more than " + (MOST_ON_DISK >> 20) + " MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw DossierException.unreadable(file, reason(e), e);
        }
    }

    private static void write(byte[] bytes, Path file) {
        if (Files.isDirectory(file)) {
            throw DossierException.unwritable(file, "there is a folder of this name", new IOException());
        }
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw DossierException.unwritable(file, "the folder " + folder + " does not exist", new IOException());
        }
        try {
            Path temporary = temporary(folder);
            try {
                fill(temporary, bytes);
                Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw DossierException.unwritable(file, reason(e), e);
        }
    }

    private static Path temporary(Path folder) throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return Files.createTempFile(folder, ".lasthop-", ".part", ownerOnly);
    }

    private static void fill(Path temporary, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(temporary, Set.of(StandardOpenOption.WRITE))) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "not permitted";
            case FileSystemException other when other.getReason() != null -> String.valueOf(other.getReason());
            default -> String.valueOf(e.getMessage()); // "No space left on device"
        };
    }
}
