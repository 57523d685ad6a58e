package io.multiproc.server.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Prints the completion of a shell. It is made from the commands' own declarations and starts no JVM; contexts are read from their folder. */
final class Completion extends Subcommand {
    Completion() {
        super(
                "completion",
                "Prints the completion of a shell, bash or zsh.",
                "bash: source <(multiproc completion bash). zsh: multiproc completion zsh > \"${fpath[1]}/_multiproc\".");
    }

    /** Options that take a file. */
    private static final Set<String> FILES = Set.of("FILE", "DIR", "PATH");

    private static final String CONTEXTS = "${XDG_CONFIG_HOME:-$HOME/.config}/multiproc/contexts";

    private static final String BASH_CONTEXTS = "default $(command ls \"" + CONTEXTS + "\" 2>/dev/null)";

    private final Input<String> shell = inputs.parameter("SHELL");

    @Override
    int run(PrintStream out) {
        out.print(
                switch (shell.get()) {
                    case "bash" -> bash();
                    case "zsh" -> zsh();
                    default -> throw new UsageException(
                            "there is completion for bash and zsh, not for '" + shell.get() + "'");
                });
        return 0;
    }

    /** The first words of commands. */
    private static Set<String> firstWords() {
        Set<String> words = new LinkedHashSet<>();
        Multiproc.COMMANDS.forEach(c -> words.add(c.replaceFirst(" .*", "")));
        return words;
    }

    private static List<String> secondWords(String group) {
        return Multiproc.COMMANDS.stream()
                .filter(c -> c.startsWith(group + " "))
                .map(c -> c.substring(group.length() + 1))
                .toList();
    }

    private static List<String> groups() {
        return firstWords().stream().filter(Multiproc::isGroup).toList();
    }

    /** The names, with their dashes, of the options of all commands that take a value, or a file. */
    private static Set<String> valued(boolean files) {
        Set<String> names = new LinkedHashSet<>();
        for (Subcommand command : Multiproc.commands(Multiproc.COMMANDS)) {
            for (Inputs.Shape shape : command.inputs.shapes()) {
                String label = shape.label();
                if (label != null && (!files || FILES.contains(label))) {
                    names.addAll(shape.names());
                }
            }
        }
        names.removeAll(List.of("-c", "--context"));
        return names;
    }

    static String bash() {
        StringBuilder out = new StringBuilder();
        out.append("# completion of multiproc for bash\n");
        out.append("_multiproc() {\n");
        out.append("    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word i words=\n");
        out.append("    COMPREPLY=()\n");
        out.append("    case $prev in\n");
        out.append("        -c|--context) words=\"").append(BASH_CONTEXTS).append("\" ;;\n");
        out.append("        ").append(String.join("|", valued(true)));
        out.append(") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
        Set<String> others = valued(false);
        others.removeAll(valued(true));
        out.append("        ").append(String.join("|", others)).append(") return ;;\n");
        out.append("    esac\n");
        out.append("    if [ -z \"$words\" ]; then\n");
        out.append("        for ((i = 1; i < COMP_CWORD; i++)); do\n");
        out.append("            word=${COMP_WORDS[i]}\n");
        out.append("            case $word in\n");
        out.append("                -c|--context|--address|--authkey-file|--timeout) ((i++)) ;;\n");
        out.append("                -*) ;;\n");
        out.append("                *) case $command in\n");
        out.append("                    '') command=$word ;;\n");
        out.append("                    ")
                .append(String.join("|", groups()))
                .append(") command=\"$command $word\"; break ;;\n");
        out.append("                    *) break ;;\n");
        out.append("                esac ;;\n");
        out.append("            esac\n");
        out.append("        done\n");
        out.append("        case $command in\n");
        out.append("            '') words='")
                .append(String.join(" ", firstWords()))
                .append(" --context --help --version' ;;\n");
        for (String group : groups()) {
            List<String> words = new ArrayList<>(secondWords(group));
            Subcommand alone = Multiproc.command(group);
            if (alone != null) {
                alone.inputs.shapes().forEach(s -> words.add(s.names().get(0)));
            }
            out.append("            ")
                    .append(group)
                    .append(") words='")
                    .append(String.join(" ", words))
                    .append("' ;;\n");
        }
        for (Subcommand command : Multiproc.commands(Multiproc.COMMANDS)) {
            List<String> names = new ArrayList<>(argument(command.name()));
            command.inputs.shapes().forEach(s -> names.add(s.names().get(0)));
            String words = String.join(" ", names);
            out.append("            '")
                    .append(command.name())
                    .append("') words=")
                    .append(
                            takesContext(command.name())
                                    ? "\"" + BASH_CONTEXTS + " " + words + "\""
                                    : "'" + words + "'")
                    .append(" ;;\n");
        }
        out.append("        esac\n");
        out.append("    fi\n");
        out.append("    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n");
        out.append("}\n");
        out.append("complete -o filenames -F _multiproc multiproc\n");
        return out.toString();
    }

    /** Whether a command's own parameter is the name of a context that is there. */
    private static boolean takesContext(String command) {
        return command.equals("context use") || command.equals("context remove");
    }

    /** The words that a command's own parameter may be. */
    private static List<String> argument(String command) {
        return switch (command) {
            case "completion" -> List.of("bash", "zsh");
            case "help" -> List.copyOf(firstWords());
            default -> List.of();
        };
    }

    static String zsh() {
        StringBuilder out = new StringBuilder();
        out.append("#compdef multiproc\n");
        out.append("# completion of multiproc for zsh\n");
        out.append("_multiproc_contexts() {\n");
        out.append("    local -a contexts\n");
        out.append("    contexts=(default ").append(CONTEXTS).append("/*(N:t))\n");
        out.append("    compadd -a contexts\n");
        out.append("}\n");
        out.append("_multiproc() {\n");
        out.append("    local -a commands\n");
        out.append("    if [[ $words[2] == (-c|--context) ]]; then\n");
        out.append("        if (( CURRENT == 3 )); then _multiproc_contexts; return; fi\n");
        out.append("        words=($words[1] $words[4,-1]); (( CURRENT -= 2 ))\n");
        out.append("    fi\n");
        out.append("    if (( CURRENT == 2 )); then\n");
        out.append("        commands=(\n");
        for (String word : firstWords()) {
            Subcommand command = Multiproc.isGroup(word) ? null : Multiproc.command(word);
            String text = command == null
                    ? "commands: " + String.join(", ", secondWords(word))
                    : command.description().get(0);
            out.append("            ").append(quoted(word + ":" + text)).append('\n');
        }
        out.append("        )\n");
        out.append("        _describe command commands\n");
        out.append("        return\n");
        out.append("    fi\n");
        out.append("    case $words[2] in\n");
        for (String group : groups()) {
            out.append("        ").append(group).append(")\n");
            out.append("            if (( CURRENT == 3 )) && [[ $words[3] != -* ]]; then\n");
            out.append("                commands=(\n");
            for (Subcommand command : Multiproc.commands(
                    secondWords(group).stream().map(w -> group + " " + w).toList())) {
                String word = command.name().substring(group.length() + 1);
                out.append("                    ")
                        .append(quoted(word + ":" + command.description().get(0)))
                        .append('\n');
            }
            out.append("                )\n");
            out.append("                _describe command commands\n");
            out.append("                return\n");
            out.append("            fi\n");
            out.append(
                    "            if [[ $words[3] != -* ]]; then words[2]=\"$words[2] $words[3]\"; words=($words[1,2] $words[4,-1]); (( CURRENT -= 1 )); fi ;;\n");
        }
        out.append("    esac\n");
        out.append("    local name=$words[2]\n");
        out.append("    shift words; (( CURRENT -= 1 ))\n");
        out.append("    case $name in\n");
        for (Subcommand command : Multiproc.commands(Multiproc.COMMANDS)) {
            out.append("        ").append(quoted(command.name())).append(")\n");
            out.append("            _arguments");
            for (Inputs.Shape shape : command.inputs.shapes()) {
                for (String name : shape.names()) {
                    out.append(" \\\n                ").append(quoted(spec(name, shape)));
                }
            }
            List<String> words = argument(command.name());
            String rest = takesContext(command.name())
                    ? "*: :_multiproc_contexts"
                    : words.isEmpty() ? "*: :_default" : "*: :(" + String.join(" ", words) + ")";
            out.append(" \\\n                ").append(quoted(rest)).append(" ;;\n");
        }
        out.append("    esac\n");
        out.append("}\n");
        out.append("compdef _multiproc multiproc\n");
        return out.toString();
    }

    private static String spec(String name, Inputs.Shape shape) {
        String text = shape.description().replaceAll("[\\[\\]:\\\\]", "\\\\$0");
        String label = shape.label();
        return "*" + name + "[" + text + "]" + (label == null ? "" : ":" + label + ":" + values(name, label));
    }

    private static String values(String name, @Nullable String label) {
        return name.equals("-c") || name.equals("--context")
                ? "_multiproc_contexts"
                : label != null && FILES.contains(label) ? "_files" : " ";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
