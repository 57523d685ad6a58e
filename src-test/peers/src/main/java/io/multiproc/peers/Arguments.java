package io.multiproc.peers;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The command line of the benches: {@code --quick} or nothing, and options with values. What is not known is refused: a run takes a quarter of an hour. */
final class Arguments {
    static final String QUICK = "--quick";

    private Arguments() {}

    /** The values by option; {@code --quick}, if it is there, with an empty one. */
    static Map<String, String> parse(Set<String> known, List<String> args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals(QUICK)) {
                values.put(arg, "");
            } else if (!known.contains(arg)) {
                throw new WrongUsage("unknown option " + arg + "; there are " + QUICK + " and "
                        + String.join(", ", new TreeSet<>(known)) + ", each with a value");
            } else if (i + 1 == args.size()) {
                throw new WrongUsage(arg + " needs a value");
            } else {
                values.put(arg, args.get(++i));
            }
        }
        return values;
    }

    /** The parts of a list: a comma before a space is part of a name. */
    static List<String> split(String list) {
        return List.of(list.split(",(?! )", -1));
    }

    /** Refuses a list, separated by commas, with something in it that means none of what there is: nothing would be measured for it. */
    static void check(String option, @Nullable String list, List<String> there, BiPredicate<String, String> means) {
        for (String text : list == null ? List.<String>of() : split(list)) {
            if (there.stream().noneMatch(t -> means.test(t, text))) {
                throw new WrongUsage(option + " \"" + text + "\" means nothing; there are: "
                        + String.join("; ", new LinkedHashSet<>(there)));
            }
        }
    }

    /** Runs a bench; wrong usage is one line and exit code 2. */
    static void main(Bench bench) throws Exception {
        try {
            bench.run();
        } catch (WrongUsage e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
        System.exit(0);
    }

    /** What the command line says wrong. */
    static final class WrongUsage extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongUsage(String message) {
            super(message);
        }
    }

    /** What a command line starts. */
    interface Bench {
        void run() throws Exception;
    }
}
