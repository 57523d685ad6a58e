package io.multiproc.tests.documents;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** What Helm makes of a template, as far as the chart's own ones go: values, {@code if}, {@code range}, and a few functions. Anything else fails. */
final class ChartTemplate {
    private static final Pattern ACTION = Pattern.compile("\\{\\{(-?)\\s*(.*?)\\s*(-?)}}");
    private static final Pattern WORD = Pattern.compile("\\((?:[^()\"]|\"[^\"]*\")*\\)|\"[^\"]*\"|[^\\s()\"]+");

    /** A text, or what stands between the braces. */
    private record Token(boolean isAction, String text) {}

    /** What names mean at a place. */
    private record Scope(Object dot, Map<String, Object> variables) {
        Scope with(Object other, String name, Object value) {
            Map<String, Object> all = new HashMap<>(variables);
            all.put(name, value);
            return new Scope(other, all);
        }
    }

    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private ChartTemplate(String template) {
        Matcher m = ACTION.matcher(template);
        int from = 0;
        boolean trim = false;
        while (m.find()) {
            String text = template.substring(from, m.start());
            text = trim ? text.stripLeading() : text;
            tokens.add(new Token(false, m.group(1).isEmpty() ? text : text.stripTrailing()));
            tokens.add(new Token(true, m.group(2)));
            trim = !m.group(3).isEmpty();
            from = m.end();
        }
        String rest = template.substring(from);
        tokens.add(new Token(false, trim ? rest.stripLeading() : rest));
    }

    /** @param root what {@code .Values} and {@code .Release} are */
    static String render(String template, Map<String, Object> root) {
        ChartTemplate t = new ChartTemplate(template);
        StringBuilder out = new StringBuilder();
        t.block(new Scope(root, Map.of("$", root)), out);
        if (t.at < t.tokens.size()) {
            throw new AssertionError("an end without a beginning");
        }
        return out.toString();
    }

    /** Up to the end that belongs to it, or of the template. */
    private void block(Scope scope, StringBuilder out) {
        while (at < tokens.size()) {
            Token token = tokens.get(at++);
            if (!token.isAction) {
                out.append(token.text);
            } else if (token.text.equals("end")) {
                return;
            } else if (token.text.startsWith("if ")) {
                boolean holds = isTrue(value(token.text.substring("if ".length()), scope));
                block(scope, holds ? out : new StringBuilder());
            } else if (token.text.startsWith("range ")) {
                range(token.text.substring("range ".length()), scope, out);
            } else {
                out.append(value(token.text, scope));
            }
        }
    }

    private void range(String text, Scope scope, StringBuilder out) {
        int assigned = text.indexOf(":=");
        String variable = assigned < 0 ? "" : text.substring(0, assigned).strip();
        int start = at;
        boolean ran = false;
        for (Object each : (Collection<?>) value(text.substring(assigned < 0 ? 0 : assigned + 2), scope)) {
            at = start;
            ran = true;
            block(scope.with(each, variable, each), out);
        }
        if (!ran) {
            block(scope.with(Map.of(), variable, 0), new StringBuilder());
        }
    }

    private static boolean isTrue(Object value) {
        return !(value.equals("") || value.equals(0) || value.equals(false) || value.equals(List.of()));
    }

    private static Object value(String pipeline, Scope scope) {
        Object value = null;
        for (String part : pipeline.strip().split("\\s+\\|\\s+")) {
            List<String> words =
                    WORD.matcher(part).results().map(r -> r.group()).toList();
            List<Object> arguments = new ArrayList<>();
            for (String word : words.subList(1, words.size())) {
                arguments.add(primary(word, scope));
            }
            if (value != null) {
                arguments.add(value);
            }
            value = arguments.isEmpty() ? primary(words.get(0), scope) : call(words.get(0), arguments);
        }
        if (value == null) {
            throw new AssertionError("nothing to evaluate: " + pipeline);
        }
        return value;
    }

    private static Object call(String function, List<Object> a) {
        return switch (function) {
            case "int" -> Integer.valueOf(a.get(0).toString());
            case "not" -> !isTrue(a.get(0));
            case "until" -> IntStream.range(0, (Integer) a.get(0)).boxed().toList();
            case "quote" -> '"' + a.get(0).toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            case "default" -> isTrue(a.get(1)) ? a.get(1) : a.get(0);
            case "printf" -> String.format(
                    a.get(0).toString(), a.subList(1, a.size()).toArray());
            case "nindent" -> "\n"
                    + a.get(1).toString().indent((Integer) a.get(0)).stripTrailing();
            case "toYaml" -> yaml(a.get(0));
            default -> throw new AssertionError("no such function here: " + function);
        };
    }

    private static String yaml(Object value) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        return new Yaml(options).dump(value);
    }

    private static Object primary(String word, Scope scope) {
        if (word.startsWith("(")) {
            return value(word.substring(1, word.length() - 1), scope);
        }
        if (word.startsWith("\"")) {
            return word.substring(1, word.length() - 1);
        }
        if (word.matches("\\d+")) {
            return Integer.valueOf(word);
        }
        if (!word.startsWith(".") && !word.startsWith("$")) {
            throw new AssertionError("neither a value nor known here: " + word);
        }
        String[] path = word.split("\\.");
        String first = path.length == 0 ? "" : path[0];
        Object found = first.isEmpty() ? scope.dot : scope.variables.get(first);
        for (int i = 1; i < path.length; i++) {
            found = found instanceof Map<?, ?> map ? map.get(path[i]) : null;
        }
        if (found == null) {
            throw new AssertionError("there is no " + word);
        }
        return found;
    }
}
