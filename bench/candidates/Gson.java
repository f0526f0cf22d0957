import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.StringReader;
import java.io.StringWriter;

/** Writes a document and reads it back, by its streaming half. */
public final class Gson {
    public static void main(String[] args) throws Exception {
        var text = new StringWriter();
        try (var writer = new JsonWriter(text)) {
            writer.beginObject().name("verdict").value("dropped").endObject();
        }
        try (var reader = new JsonReader(new StringReader(text.toString()))) {
            reader.beginObject();
            reader.nextName();
            reader.nextString();
            reader.endObject();
        }
        System.out.println(text);
    }
}
