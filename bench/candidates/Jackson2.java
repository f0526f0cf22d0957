import com.fasterxml.jackson.core.JsonFactory;
import java.io.StringWriter;

/** Writes a document and reads it back. */
public final class Jackson2 {
    public static void main(String[] args) throws Exception {
        var factory = new JsonFactory();
        var text = new StringWriter();
        try (var generator = factory.createGenerator(text)) {
            generator.writeStartObject();
            generator.writeFieldName("verdict");
            generator.writeString("dropped");
            generator.writeEndObject();
        }
        try (var parser = factory.createParser(text.toString())) {
            while (parser.nextToken() != null) {}
        }
        System.out.println(text);
    }
}
