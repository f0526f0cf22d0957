import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Built by calls, not by annotations: the faster of its two ways. */
public final class Picocli {
    public static void main(String[] args) {
        CommandSpec diagnose = CommandSpec.create()
                .addOption(OptionSpec.builder("--size").type(Integer.class).build())
                .addOption(OptionSpec.builder("--format").type(String.class).build())
                .addPositional(PositionalParamSpec.builder().type(String.class).index("0").build())
                .addPositional(PositionalParamSpec.builder().type(String.class).index("1").build());
        CommandSpec root = CommandSpec.create().name("lasthop").addSubcommand("diagnose", diagnose);
        var result = new CommandLine(root).parseArgs(args).subcommand();
        System.out.println(result.matchedOptionValue("--size", 0) + " " + result.matchedPositionalValue(1, ""));
    }
}
