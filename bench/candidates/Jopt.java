import joptsimple.OptionParser;

public final class Jopt {
    public static void main(String[] args) {
        var parser = new OptionParser();
        var size = parser.accepts("size").withRequiredArg().ofType(Integer.class);
        parser.accepts("format").withRequiredArg();
        var options = parser.parse(args);
        System.out.println(options.valueOf(size) + " " + options.nonOptionArguments().get(2));
    }
}
