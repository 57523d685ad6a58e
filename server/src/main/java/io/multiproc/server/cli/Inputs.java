package io.multiproc.server.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.jspecify.annotations.Nullable;

/**
 * The options and parameters that a command takes. Built by calls, not by annotations: reading annotations took a quarter of a server's
 * start.
 */
final class Inputs {
    private static final Option HELP =
            Option.builder("h").longOpt("help").desc("Shows this text.").get();
    private static final Option VERSION =
            Option.builder("V").longOpt("version").desc("Shows the version.").get();

    /** Instead of a description. */
    private static final String HIDDEN = "";

    /** In the order of their declaration, with what becomes of the texts that were given, which are at least one. */
    private final Map<Option, Consumer<String[]>> options = new LinkedHashMap<>();

    private final List<Option> required = new ArrayList<>();
    private final Map<String, Input<String>> parameters = new LinkedHashMap<>();
    private @Nullable Input<List<String>> rest;
    private String restLabel = "";
    private int restLeast;
    private boolean restIsCommand;

    /** An option with a value that has a default, which the help names. */
    <T> Input<T> option(String name, String label, Input.Kind<T> kind, T ifAbsent, String description) {
        Input<T> input = new Input<>(ifAbsent);
        single(valued(name, label, description + " Default: " + ifAbsent), kind, input::set);
        return input;
    }

    /** An option with a value that may be absent: null. */
    <T> Input<@Nullable T> option(String name, String label, Input.Kind<T> kind, String description) {
        Input<@Nullable T> input = Input.absent();
        single(valued(name, label, description), kind, input::set);
        return input;
    }

    /** An option with a value that has to be given. */
    Input<String> required(String name, String label, String description) {
        return required(name, label, Input.Kind.TEXT, "", description);
    }

    /** The same of any kind; what stands for it until it is read is never seen. */
    <T> Input<T> required(String name, String label, Input.Kind<T> kind, T before, String description) {
        Input<T> input = new Input<>(before);
        Option option = valued(name, label, description);
        required.add(option);
        single(option, kind, input::set);
        return input;
    }

    /** An option that may be repeated. */
    Input<List<String>> repeatable(String name, String label, String description) {
        return repeatable(name, label, Input.Kind.TEXT, description);
    }

    <T> Input<List<T>> repeatable(String name, String label, Input.Kind<T> kind, String description) {
        Input<List<T>> input = new Input<>(List.of());
        Option option = valued(name, label, description);
        options.put(option, texts -> {
            List<T> values = new ArrayList<>();
            for (String text : texts) {
                values.add(read(option, kind, text));
            }
            input.set(List.copyOf(values));
        });
        return input;
    }

    /** An option without a value. */
    Input<Boolean> flag(String name, String description) {
        Input<Boolean> input = new Input<>(false);
        options.put(Option.builder().longOpt(name).desc(description).get(), texts -> input.set(true));
        return input;
    }

    /** A flag that the help does not show. */
    Input<Boolean> hiddenFlag(String name) {
        return flag(name, HIDDEN);
    }

    /** An option with a value that may be absent and with a short name besides. */
    Input<@Nullable String> option(char brief, String name, String label, String description) {
        Input<@Nullable String> input = Input.absent();
        Option option = Option.builder(String.valueOf(brief))
                .longOpt(name)
                .hasArg()
                .argName(label)
                .desc(description)
                .get();
        single(option, Input.Kind.TEXT, input::set);
        return input;
    }

    /** All further words, of which there are at least so many. Only one, and the last one, of a command. */
    Input<List<String>> rest(String label, int least) {
        Input<List<String>> input = new Input<>(List.of());
        rest = input;
        restLabel = label;
        restLeast = least;
        return input;
    }

    /** A command with its own options, after two dashes. Only one, and the last one, of a command. */
    Input<List<String>> command(String label) {
        restIsCommand = true;
        return rest("-- " + label, 1);
    }

    /** Something without a name, which has to be given. */
    Input<String> parameter(String label) {
        Input<String> input = new Input<>("");
        parameters.put(label, input);
        return input;
    }

    private static Option valued(String name, String label, String description) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(label)
                .desc(description)
                .get();
    }

    private <T> void single(Option option, Input.Kind<T> kind, Consumer<T> taker) {
        options.put(option, texts -> {
            if (texts.length > 1) {
                throw new UsageException("--" + option.getLongOpt() + " is given " + texts.length + " times");
            }
            taker.accept(read(option, kind, texts[0]));
        });
    }

    private static <T> T read(Option option, Input.Kind<T> kind, String text) {
        try {
            return kind.reader().apply(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + option.getLongOpt() + " takes " + kind.what() + ", not '" + text + "'");
        }
    }

    /** What was asked for instead of the command itself. */
    enum Request {
        RUN,
        HELP,
        VERSION
    }

    /**
     * Reads what was given.
     *
     * @throws UsageException if that is not what is taken
     */
    Request parse(List<String> words) {
        List<String> before = new ArrayList<>();
        List<String> after = split(words, before);
        CommandLine line;
        try {
            line = DefaultParser.builder()
                    .setAllowPartialMatching(false)
                    .setStripLeadingAndTrailingQuotes(false)
                    .get()
                    .parse(all(options.keySet()), before.toArray(new String[0]));
        } catch (UnrecognizedOptionException e) {
            throw new UsageException("there is no option " + e.getOption() + " here"
                    + (restIsCommand || (rest == null && parameters.isEmpty())
                            ? ""
                            : "; write '--' before what begins with a dash and is none"));
        } catch (MissingArgumentException e) {
            throw new UsageException("--" + e.getOption().getLongOpt() + " takes "
                    + e.getOption().getArgName());
        } catch (ParseException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
        if (line.hasOption(HELP)) {
            return Request.HELP;
        }
        if (line.hasOption(VERSION)) {
            return Request.VERSION;
        }
        for (Option option : required) {
            if (!line.hasOption(option)) {
                throw new UsageException("--" + option.getLongOpt() + " " + option.getArgName() + " is missing");
            }
        }
        options.forEach((option, taker) -> {
            if (line.hasOption(option)) {
                String[] texts = line.getOptionValues(option);
                taker.accept(texts == null ? new String[0] : texts);
            }
        });
        if (restIsCommand) {
            takeCommand(line.getArgList(), after);
        } else {
            List<String> given = new ArrayList<>(line.getArgList());
            given.addAll(after);
            takeParameters(given);
        }
        return Request.RUN;
    }

    /**
     * The words after two dashes. Those before go into a list, in which a value is one word with its option: the parser would take a value for an option that is named
     * as one.
     */
    private List<String> split(List<String> words, List<String> before) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                return words.subList(i + 1, words.size());
            }
            String name = i + 1 < words.size() ? nameOfValued(word) : null;
            before.add(name == null ? word : "--" + name + "=" + words.get(++i));
        }
        return List.of();
    }

    /** The long name of an option with a value that this word is; null if it is none. */
    private @Nullable String nameOfValued(String word) {
        for (Option o : options.keySet()) {
            if (o.hasArg() && (word.equals("--" + o.getLongOpt()) || word.equals("-" + o.getOpt()))) {
                return o.getLongOpt();
            }
        }
        return null;
    }

    private void takeCommand(List<String> given, List<String> command) {
        int named = parameters.size();
        if (command.isEmpty()) {
            throw new UsageException(
                    restLabel + " is missing" + (given.size() > named ? ": write '--' before the command" : ""));
        }
        if (given.size() > named) {
            throw new UsageException("'" + given.get(named) + "' is one word too many");
        }
        List<String> all = new ArrayList<>(given);
        if (given.size() < named) {
            throw new UsageException(List.copyOf(parameters.keySet()).get(given.size()) + " is missing");
        }
        all.addAll(command);
        takeParameters(all);
    }

    private void takeParameters(List<String> given) {
        int taken = 0;
        for (Map.Entry<String, Input<String>> parameter : parameters.entrySet()) {
            if (taken == given.size()) {
                throw new UsageException(parameter.getKey() + " is missing");
            }
            parameter.getValue().set(given.get(taken++));
        }
        Input<List<String>> further = rest;
        if (further != null) {
            if (given.size() - taken < restLeast) {
                throw new UsageException(restLabel + " is missing");
            }
            further.set(List.copyOf(given.subList(taken, given.size())));
        } else if (taken < given.size()) {
            throw new UsageException("'" + given.get(taken) + "' is one word too many");
        }
    }

    private static Options all(Iterable<Option> declared) {
        Options all = new Options();
        declared.forEach(all::addOption);
        return all.addOption(HELP).addOption(VERSION);
    }

    /** What follows the command's name in a synopsis. */
    String synopsis() {
        StringBuilder text = new StringBuilder(" [OPTION]...");
        required.forEach(
                o -> text.append(" --").append(o.getLongOpt()).append(' ').append(o.getArgName()));
        parameters.keySet().forEach(label -> text.append(' ').append(label));
        if (rest != null) {
            text.append(' ').append(restLeast == 0 ? "[" + restLabel + "]" : restLabel);
        }
        return text.toString();
    }

    /** An option, for those who list them: its names with their dashes, and what it takes, or null. */
    record Shape(List<String> names, @Nullable String label, String description) {}

    /** All options that the help shows, by name. */
    List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>();
        for (Option o : shown()) {
            List<String> names = o.getOpt() == null
                    ? List.of("--" + o.getLongOpt())
                    : List.of("--" + o.getLongOpt(), "-" + o.getOpt());
            shapes.add(new Shape(names, o.hasArg() ? o.getArgName() : null, o.getDescription()));
        }
        return shapes;
    }

    private List<Option> shown() {
        List<Option> shown = new ArrayList<>(options.keySet());
        shown.removeIf(o -> o.getDescription().equals(HIDDEN));
        shown.addAll(Arrays.asList(HELP, VERSION));
        shown.sort(Comparator.comparing(Option::getLongOpt));
        return shown;
    }

    /** What is taken, as rows of two columns, by name. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Option o : shown()) {
            String name = (o.getOpt() == null ? "    --" : "-" + o.getOpt() + ", --") + o.getLongOpt();
            rows.add(List.of(o.hasArg() ? name + " " + o.getArgName() : name, o.getDescription()));
        }
        return rows;
    }
}
