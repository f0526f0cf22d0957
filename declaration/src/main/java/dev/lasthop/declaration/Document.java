package dev.lasthop.declaration;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.YamlUnicodeReader;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads a YAML (or JSON) file as a tree with line numbers. Built from the parser's events, so that nothing a file says is made into an object
 * of its choosing, and bounded: by size, by depth, and by the number of pieces, in which those that an alias repeats count each time.
 */
final class Document {
    static final String STANDARD_INPUT = "standard input";

    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_DEPTH = 32;
    private static final int MOST_PIECES = 200_000;

    private final String file;
    private final Iterator<Event> events;
    private final Map<Anchor, Node> anchors = new HashMap<>();
    private int pieces;
    private int line = 1;

    private Document(String file, Iterator<Event> events) {
        this.file = file;
        this.events = events;
    }

    /** @param file {@code -} for standard input */
    static Node read(String file, InputStream standardInput) {
        if (file.equals("-")) {
            return read(STANDARD_INPUT, bytes(STANDARD_INPUT, standardInput));
        }
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return read(file, bytes(file, in));
        } catch (NoSuchFileException e) {
            throw new DeclarationException("there is no file " + file, e);
        } catch (IOException e) {
            throw new DeclarationException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(String file, InputStream in) {
        try {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new DeclarationException(file, 1, "", "it has more than " + MOST_BYTES + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw new DeclarationException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static Node read(String file, byte[] bytes) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(MOST_BYTES)
                .setParseComments(false)
                .build();
        var reader = new StreamReader(settings, new YamlUnicodeReader(new ByteArrayInputStream(bytes)));
        var document = new Document(file, new ParserImpl(settings, reader));
        try {
            return document.whole();
        } catch (MarkedYamlEngineException e) {
            int at = e.getProblemMark().map(Mark::getLine).orElse(document.line - 1) + 1;
            throw new DeclarationException(file, at, "", words(e.getContext(), e.getProblem()));
        } catch (YamlEngineException e) {
            boolean isText = !(e.getCause() instanceof CharacterCodingException);
            throw new DeclarationException(
                    file, document.line, "", isText ? String.valueOf(e.getMessage()) : "it is not text in UTF-8");
        }
    }

    private static String words(@org.jspecify.annotations.Nullable String context, String problem) {
        return context == null ? problem : context + ", " + problem;
    }

    private Node whole() {
        next(); // the stream begins
        Event event = next();
        if (event.getEventId() == Event.ID.StreamEnd) {
            return new Node.Mapping(new LinkedHashMap<>(), 1);
        }
        Node root = node(next(), 0);
        next(); // the document ends
        Event last = next();
        if (last.getEventId() != Event.ID.StreamEnd) {
            throw refused("there is a second document; a declaration is one");
        }
        return root;
    }

    private Node node(Event event, int depth) {
        pieces++;
        if (pieces > MOST_PIECES) {
            throw refused("it has more than " + MOST_PIECES + " pieces, those repeated by aliases counted each time");
        }
        if (depth > MOST_DEPTH) {
            throw refused("it is nested more than " + MOST_DEPTH + " deep");
        }
        int start = line;
        Node node = switch (event) {
            case ScalarEvent scalar -> new Node.Text(scalar.getValue(), scalar.isPlain(), start);
            case SequenceStartEvent _ -> listing(start, depth);
            case MappingStartEvent _ -> mapping(start, depth);
            case AliasEvent alias -> repeated(alias);
            default -> throw refused("unexpected " + event.getEventId());
        };
        Optional<Anchor> anchor = event instanceof AliasEvent || !(event instanceof NodeEvent named)
                ? Optional.empty()
                : named.getAnchor();
        anchor.ifPresent(name -> anchors.put(name, node));
        return node;
    }

    /** An anchor stands in {@link #anchors} when its piece is complete: none can contain itself. */
    private Node repeated(AliasEvent alias) {
        Node node = anchors.get(alias.getAlias());
        if (node == null) {
            throw refused("alias *" + alias.getAlias().getValue() + " stands for nothing that is complete above it");
        }
        count(node);
        return node;
    }

    private void count(Node node) {
        pieces++;
        if (pieces > MOST_PIECES) {
            throw refused("it has more than " + MOST_PIECES + " pieces, those repeated by aliases counted each time");
        }
        switch (node) {
            case Node.Text _ -> {}
            case Node.Listing listing -> listing.items().forEach(this::count);
            case Node.Mapping mapping -> mapping.entries().values().forEach(entry -> count(entry.value()));
        }
    }

    private Node listing(int start, int depth) {
        List<Node> items = new ArrayList<>();
        for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
            items.add(node(event, depth + 1));
        }
        return new Node.Listing(items, start);
    }

    private Node mapping(int start, int depth) {
        var entries = new LinkedHashMap<String, Node.Entry>();
        for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
            int keyLine = line;
            if (!(node(event, depth + 1) instanceof Node.Text key)) {
                throw refused("a key must be a text");
            }
            Node.Entry before = entries.putIfAbsent(key.value(), new Node.Entry(node(next(), depth + 1), keyLine));
            if (before != null) {
                throw new DeclarationException(
                        file, keyLine, key.value(), "is there twice; the first is in line " + before.line());
            }
        }
        return new Node.Mapping(entries, start);
    }

    private Event next() {
        Event event = events.next();
        event.getStartMark().ifPresent(mark -> line = mark.getLine() + 1);
        return event;
    }

    private DeclarationException refused(String reason) {
        return new DeclarationException(file, line, "", reason);
    }
}
