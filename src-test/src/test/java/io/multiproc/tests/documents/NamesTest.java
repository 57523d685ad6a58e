package io.multiproc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The classes that the README's tour and the design document name exist, and stand where the tour says. */
@Timeout(60)
class NamesTest {
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern TYPE =
            Pattern.compile("(?:[a-z]+[./])*([A-Z][a-z]\\w*)(?:\\.(?:[A-Z]\\w*|\\w+(?:\\(\\))?))?");

    /** Not ours: the JDK's, Python's, and what the protocol calls its messages. */
    private static final Set<String> OTHERS =
            Set.of("System", "Runnable", "SslHandler", "Hello", "Empty", "Queue", "ShutDown");

    @Test
    void stationsOfTheTourExist() {
        List<String> missing = new ArrayList<>();
        int checked = 0;
        Matcher m = CODE.matcher(Documents.section(Documents.README, "Tour of the source"));
        while (m.find()) {
            if (m.group(1).matches("(client|protocol|server)/[\\w/]+")) {
                checked++;
                String module = m.group(1).substring(0, m.group(1).indexOf('/'));
                Path place = Documents.TOP.resolve(module + "/src/main/java/io/multiproc/" + m.group(1));
                if (!Files.exists(place) && !Files.exists(Path.of(place + ".java"))) {
                    missing.add(m.group(1));
                }
            }
        }
        assertTrue(checked > 10, "only " + checked + " stations found");
        assertEquals(List.of(), missing);
    }

    @Test
    void classesOfTheDesignExist() throws IOException {
        Set<String> types = types();
        Set<String> missing = new TreeSet<>();
        int checked = 0;
        Matcher m = CODE.matcher(Documents.text(Documents.DESIGN));
        while (m.find()) {
            Matcher type = TYPE.matcher(m.group(1));
            if (type.matches() && !OTHERS.contains(type.group(1))) {
                checked++;
                if (!types.contains(type.group(1))) {
                    missing.add(type.group(1));
                }
            }
        }
        assertTrue(checked > 50, "only " + checked + " classes found");
        assertEquals(Set.of(), missing);
    }

    /** All types of the modules and of the tests, nested ones too. */
    private static Set<String> types() throws IOException {
        Set<String> out = new TreeSet<>();
        Pattern declaration = Pattern.compile("\\b(?:class|interface|record|enum) ([A-Z]\\w*)");
        for (String module : List.of("protocol", "client", "server", "src-test", "src-test/engines")) {
            try (Stream<Path> files = Files.walk(Documents.TOP.resolve(module + "/src"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    declaration.matcher(Files.readString(file)).results().forEach(r -> out.add(r.group(1)));
                }
            }
        }
        return out;
    }
}
