import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;

public final class CommonsCli {
    public static void main(String[] args) throws Exception {
        var options = new Options().addOption(null, "size", true, "").addOption(null, "format", true, "");
        var line = new DefaultParser().parse(options, args);
        System.out.println(line.getOptionValue("size") + " " + line.getArgList().get(2));
    }
}
