package io.multiproc.tests.evolution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.RegistryMismatchException;
import io.multiproc.client.SerializationException;
import io.multiproc.tests.fixtures.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The class evolution matrix: old and new writer, old and new reader, each kind of change, in the order of a rolling upgrade. */
@Tag("jdk")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EvolutionIT {
    @TempDir
    Path folder;

    /** A program of one version. */
    private record Program(Version version, String name, boolean byName, boolean references, List<String> numbers) {
        Manager connect(TestServer server) {
            ManagerOptions options = server.options().withName(name).withSharedReferences(references);
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(version);
            try {
                return Manager.connect(byName ? version.allow(options) : version.register(options, numbers));
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        void store(Manager m, String key) {
            m.dict("values").set(key, version.make());
        }

        /** Reads and compares. */
        void reads(Manager m, String key, String expected) {
            if (!expected.startsWith("!")) {
                assertEquals(expected, version.show(m.dict("values").get(key)), name + " reads " + key);
                return;
            }
            SerializationException e = assertThrows(
                    SerializationException.class, () -> m.dict("values").get(key), name + " reads " + key);
            assertSays(e, expected);
        }
    }

    private static void assertSays(Exception e, String expected) {
        String text = String.valueOf(e.getMessage());
        for (String part : expected.replace("!", "").split("\\|")) {
            assertTrue(Stream.of(part.split("/")).anyMatch(text::contains), part + " is not in: " + text);
        }
    }

    static Stream<Arguments> matrix() {
        return Change.all().stream()
                .flatMap(c -> Stream.of(
                        Arguments.of(c, false, false),
                        Arguments.of(c, false, true),
                        Arguments.of(c, true, false),
                        Arguments.of(c, true, true)));
    }

    @ParameterizedTest(name = "{0}, by name {1}, shared references {2}")
    @MethodSource("matrix")
    void rollingUpgrade(Change change, boolean byName, boolean references) {
        Version before = Version.of(change.before);
        Version after = Version.of(change.after);
        List<String> numbers = new ArrayList<>(before.storedNames());
        after.storedNames().stream().filter(n -> !numbers.contains(n)).forEach(numbers::add);
        Program old = new Program(before, "old", byName, references, numbers);
        Program young = new Program(after, "new", byName, references, numbers);
        boolean contradiction = !byName && change.forward.startsWith("!!");
        Path file = folder.resolve("objects.snap");
        try (TestServer server = TestServer.start(o -> o.withSnapshot(file, Duration.ZERO))) {
            try (Manager first = old.connect(server)) {
                old.store(first, "old");
                old.reads(first, "old", change.own);
                if (contradiction) {
                    RegistryMismatchException e =
                            assertThrows(RegistryMismatchException.class, () -> young.connect(server));
                    assertSays(e, change.forward + "|program 'new'|program 'old'");
                } else {
                    try (Manager second = young.connect(server)) {
                        young.reads(second, "old", change.forward);
                        young.store(second, "new");
                        young.reads(second, "new", change.ownAfter);
                        old.reads(first, "new", change.backward);
                        old.store(first, "old");
                        young.reads(second, "old", change.forward);
                    }
                }
            }
            // the old one has left
            try (Manager third = young.connect(server)) {
                young.reads(third, "old", change.forward);
                young.store(third, "new");
                young.reads(third, "new", change.ownAfter);
            }
            // and comes back
            try (Manager fourth = old.connect(server)) {
                old.reads(fourth, "new", change.backward);
                old.reads(fourth, "old", change.own);
            }
        }
        try (TestServer restarted = TestServer.start(o -> o.withSnapshot(file, Duration.ZERO));
                Manager fifth = young.connect(restarted)) {
            young.reads(fifth, "old", change.forward);
            young.reads(fifth, "new", change.ownAfter);
        }
    }

    private static Program program(String name, String source, boolean byName, boolean references) {
        Version version = Version.of(source);
        return new Program(version, name, byName, references, version.storedNames());
    }

    private static final String SHOW =
            "public class Program { public static Object make() { return new Thing(); } public static String show(Object o) { return \"\" + o; } }\n";

    @Test
    void whatASkippedFieldSharesWithOthersIsKept() {
        String part = "public class Part { int a = 5; List<Object> l = new ArrayList<>(); }\n";
        String young = part
                + "public class Thing { Extra b; Part c = new Part(); Part d = c; List<Part> e = new ArrayList<>(List.of(c)); Part f = new Part();\n"
                + " { b = new Extra(); b.first = f; b.second = c; b.self = b; b.colour = Colour.RED; f.l.add(c); }\n"
                + " public String toString() { return \"\" + (c == d) + (e.get(0) == c) + (f.l.get(0) == c) + (f != c); } }\n"
                + SHOW + "public enum Colour { RED }\n"
                + "public class Extra { Part first; Part second; Extra self; Colour colour; Object[] all = {Colour.RED, this}; }\n";
        String old = part
                + "public class Thing { Part c; Part d; List<Part> e; Part f; public String toString() { return \"\" + (c == d) + (e.get(0) == c) + (f.l.get(0) == c) + (f != c); } }\n"
                + SHOW;
        for (boolean byName : new boolean[] {false, true}) {
            try (TestServer server = TestServer.start()) {
                Program writer = program("new", young, byName, true);
                Program reader = program("old", old, byName, true);
                try (Manager w = writer.connect(server);
                        Manager r = reader.connect(server)) {
                    writer.store(w, "new");
                    writer.reads(w, "new", "truetruetruetrue");
                    reader.reads(r, "new", "truetruetruetrue");
                }
            }
        }
    }

    @Test
    void whatCannotBeReadInASkippedFieldIsNotGivenOut() {
        String young =
                "public class Thing { Extra b = new Extra(); List<Object> z = b.l; public String toString() { return \"\" + z.size(); } }\n"
                        + SHOW
                        + "public class Extra { List<Object> l = new ArrayList<>(); { l.add(new Unknown()); } }\n"
                        + "public class Unknown { }\n";
        String old = "public class Thing { List<Object> z; public String toString() { return \"\" + z; } }\n" + SHOW;
        try (TestServer server = TestServer.start()) {
            Program writer = program("new", young, true, true);
            Program reader = program("old", old, true, true);
            try (Manager w = writer.connect(server);
                    Manager r = reader.connect(server)) {
                writer.store(w, "new");
                writer.reads(w, "new", "1");
                reader.reads(r, "new", "!in field z (evo.Thing)|class evo.Unknown is not on this JVM's class path");
            }
        }
    }

    @Test
    void aNumberOfAnotherClassIsNoticedWhenItsObjectsAreRead() {
        String one = "public class Thing { int a = 1; }\n" + SHOW;
        String other =
                """
                public class Other { int a = 2; }
                public class Program {
                    public static Object make() { return new Other(); }
                    public static String show(Object o) { return "" + o; }
                }
                """;
        try (TestServer server = TestServer.start()) {
            Program first = program("one", one, false, false);
            Program second = program("other", other, false, false);
            try (Manager m = first.connect(server)) {
                first.store(m, "v");
                RegistryMismatchException e =
                        assertThrows(RegistryMismatchException.class, () -> second.connect(server));
                assertSays(e, "id 1000|evo.Other|evo.Thing|program 'one'|program 'other'|@StoredName");
            }
            try (Manager m = second.connect(server)) {
                second.reads(m, "v", "!class id 1000 is class evo.Other here|another name");
            }
        }
    }

    @Test
    void anOldFieldTypeIsForgottenWithItsLastProgram() {
        Program text = program("text", "public class Thing { String a = \"x\"; }\n" + SHOW, false, false);
        Program number = program("number", "public class Thing { int a = 2; }\n" + SHOW, false, false);
        Path file = folder.resolve("forgotten.snap");
        try (TestServer server = TestServer.start(o -> o.withSnapshot(file, Duration.ZERO))) {
            Manager one = text.connect(server);
            Manager two = text.connect(server);
            one.close();
            assertThrows(RegistryMismatchException.class, () -> number.connect(server));
            text.store(two, "v");
            two.delete("values");
            two.close();
            try (Manager m = number.connect(server)) {
                number.store(m, "v");
                assertThrows(RegistryMismatchException.class, () -> text.connect(server));
            }
            // known by its fingerprint, and free again
            try (Manager m = text.connect(server)) {
                text.store(m, "v");
            }
        }
        try (TestServer server = TestServer.start(o -> o.withSnapshot(file, Duration.ZERO));
                Manager m = number.connect(server)) {
            number.reads(m, "v", "!field a of class evo.Thing is int here, but String");
        }
    }
}
