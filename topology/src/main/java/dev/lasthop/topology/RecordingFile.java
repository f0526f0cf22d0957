package dev.lasthop.topology;

import dev.lasthop.netlink.Bytes;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Recordings in a file: one line of text that says what it is ({@code lasthop-recording 1 LITTLE_ENDIAN}), then, compressed, for each
 * namespace its number, name, sources, peers and gaps. Numbers are big-endian; the sources are the kernel's bytes, in the byte order
 * that the first line names. What is read is bounded: a file may come from anybody.
 */
public final class RecordingFile {
    private static final String MAGIC = "lasthop-recording";
    private static final int VERSION = 1;
    private static final int HEADER_LIMIT = 64;
    private static final int MOST_ENTRIES = 65_536;
    private static final int MOST_TEXT = 4_096;
    private static final int MOST_BYTES = 256 << 20; // of all sources together
    private static final int CHUNK = 64 * 1024;

    private RecordingFile() {}

    /** Bytes that are no file of recordings, or one of another version or machine. */
    public static final class MalformedRecordingException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedRecordingException(String message) {
            super(message);
        }
    }

    /** Writes recordings; {@code out} is left open. The same recordings give the same bytes. */
    public static void write(List<Recording> recordings, OutputStream out) throws IOException {
        String header = "%s %d %s\n".formatted(MAGIC, VERSION, ByteOrder.nativeOrder());
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        var zipped = new GZIPOutputStream(out);
        var data = new DataOutputStream(new BufferedOutputStream(zipped));
        data.writeInt(recordings.size());
        for (Recording recording : recordings) {
            write(recording, data);
        }
        data.flush();
        zipped.finish();
        out.flush();
    }

    private static void write(Recording recording, DataOutputStream out) throws IOException {
        out.writeLong(recording.inode());
        writeText(recording.name(), out);
        out.writeInt(recording.sources().size());
        for (var source : recording.sources().entrySet()) {
            writeText(source.getKey(), out);
            byte[] bytes = source.getValue().toArray();
            out.writeInt(bytes.length);
            out.write(bytes);
        }
        out.writeInt(recording.peers().size());
        for (var peer : recording.peers().entrySet()) {
            out.writeInt(peer.getKey());
            out.writeLong(peer.getValue());
        }
        out.writeInt(recording.gaps().size());
        for (Recording.Gap gap : recording.gaps()) {
            writeText(gap.source(), out);
            writeText(gap.reason(), out);
        }
    }

    private static void writeText(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MOST_TEXT);
        out.writeInt(length);
        out.write(bytes, 0, length);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws MalformedRecordingException if it is anything else; says what is wrong with it
     */
    public static List<Recording> read(InputStream from) throws IOException {
        var in = new BufferedInputStream(from);
        checkHeader(in);
        try (var data = new DataInputStream(new BufferedInputStream(new GZIPInputStream(in)))) {
            var budget = new Budget(data);
            int count = budget.count("namespaces");
            var recordings = new ArrayList<Recording>();
            for (int i = 0; i < count; i++) {
                recordings.add(budget.recording());
            }
            if (data.read() != -1) {
                throw new MalformedRecordingException("the recording goes on after its end");
            }
            return List.copyOf(recordings);
        } catch (EOFException e) {
            throw new MalformedRecordingException("the recording is cut short");
        } catch (java.util.zip.ZipException e) {
            throw new MalformedRecordingException("the recording is damaged: " + e.getMessage());
        }
    }

    private static void checkHeader(InputStream in) throws IOException {
        var line = new StringBuilder();
        int next;
        while ((next = in.read()) != '\n') {
            if (next < 0 || line.length() == HEADER_LIMIT) {
                throw new MalformedRecordingException(
                        "this is not a recording of lasthop's: its first line is another");
            }
            line.append((char) next);
        }
        String[] words = line.toString().split(" ");
        if (words.length != 3 || !words[0].equals(MAGIC)) {
            throw new MalformedRecordingException("this is not a recording of lasthop's: its first line is another");
        }
        if (!words[1].equals(Integer.toString(VERSION))) {
            throw new MalformedRecordingException(
                    "the recording has format %s, and this lasthop reads %d: use the version that wrote it"
                            .formatted(words[1], VERSION));
        }
        if (!words[2].equals(ByteOrder.nativeOrder().toString())) {
            throw new MalformedRecordingException("the recording is from a %s machine, and this one is %s"
                    .formatted(words[2], ByteOrder.nativeOrder()));
        }
    }

    /** Reads and keeps count of how much was read. */
    private static final class Budget {
        private final DataInputStream in;
        private long left = MOST_BYTES;

        Budget(DataInputStream in) {
            this.in = in;
        }

        Recording recording() throws IOException {
            long inode = in.readLong();
            String name = text();
            var sources = new TreeMap<String, Bytes>();
            for (int i = count("sources"); i > 0; i--) {
                String source = text();
                sources.put(source, Bytes.of(bytes(in.readInt(), MOST_BYTES)));
            }
            var peers = new TreeMap<Integer, Long>();
            for (int i = count("peers"); i > 0; i--) {
                peers.put(in.readInt(), in.readLong());
            }
            var gaps = new ArrayList<Recording.Gap>();
            for (int i = count("gaps"); i > 0; i--) {
                gaps.add(new Recording.Gap(text(), text()));
            }
            return new Recording(inode, name, sources, peers, gaps);
        }

        int count(String what) throws IOException {
            int count = in.readInt();
            if (count < 0 || count > MOST_ENTRIES) {
                throw new MalformedRecordingException("the recording says that it has %s %s, more than %d"
                        .formatted(Integer.toUnsignedString(count), what, MOST_ENTRIES));
            }
            return count;
        }

        String text() throws IOException {
            return new String(bytes(in.readInt(), MOST_TEXT), StandardCharsets.UTF_8);
        }

        /** Memory is taken as bytes come in, not as the file says that they will. */
        private byte[] bytes(int length, int most) throws IOException {
            left -= Math.max(length, 0) + 16L; // what an entry costs by itself
            if (length < 0 || length > most || left < 0) {
                throw new MalformedRecordingException("the recording says that something has %s bytes, more than it may"
                        .formatted(Integer.toUnsignedString(length)));
            }
            var all = new java.io.ByteArrayOutputStream(Math.min(length, CHUNK));
            while (all.size() < length) {
                byte[] chunk = in.readNBytes(Math.min(CHUNK, length - all.size()));
                if (chunk.length == 0) {
                    throw new EOFException();
                }
                all.writeBytes(chunk);
            }
            return all.toByteArray();
        }
    }
}
