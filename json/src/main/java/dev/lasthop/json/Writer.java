package dev.lasthop.json;

import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** A tree to text. */
final class Writer {
    private Writer() {}

    static String write(JsonValue value, boolean indented) {
        var text = new StringWriter();
        try (JsonGenerator generator =
                new JsonFactory().createGenerator(indented ? new Indented() : ObjectWriteContext.empty(), text)) {
            write(value, generator);
        }
        return indented ? text.append('\n').toString() : text.toString();
    }

    private static void write(JsonValue value, JsonGenerator out) {
        switch (value) {
            case JsonObject(var members) -> {
                out.writeStartObject();
                members.forEach((name, member) -> {
                    out.writeName(name);
                    write(member, out);
                });
                out.writeEndObject();
            }
            case JsonArray(var items) -> {
                out.writeStartArray();
                items.forEach(item -> write(item, out));
                out.writeEndArray();
            }
            case JsonString(var text) -> out.writeString(text);
            case JsonNumber(var number) -> out.writeNumber(number);
            case JsonBoolean(var truth) -> out.writeBoolean(truth);
            case JsonNull _ -> out.writeNull();
        }
    }

    /** The same form on every machine: two blanks a level, LF, {@code "name": value}. */
    private static final class Indented extends ObjectWriteContext.Base {
        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }

        @Override
        public PrettyPrinter getPrettyPrinter() {
            var indenter = new DefaultIndenter("  ", "\n");
            return new DefaultPrettyPrinter(Separators.createDefaultInstance()
                            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                            .withObjectEmptySeparator("")
                            .withArrayEmptySeparator(""))
                    .withObjectIndenter(indenter)
                    .withArrayIndenter(indenter);
        }
    }
}
