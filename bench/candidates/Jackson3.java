import java.io.StringWriter;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes a document and reads it back. */
public final class Jackson3 {
    public static void main(String[] args) {
        var factory = new JsonFactory();
        var text = new StringWriter();
        try (var generator = factory.createGenerator(ObjectWriteContext.empty(), text)) {
            generator.writeStartObject();
            generator.writeName("verdict");
            generator.writeString("dropped");
            generator.writeEndObject();
        }
        try (var parser = factory.createParser(ObjectReadContext.empty(), text.toString())) {
            while (parser.nextToken() != null) {}
        }
        System.out.println(text);
    }
}
