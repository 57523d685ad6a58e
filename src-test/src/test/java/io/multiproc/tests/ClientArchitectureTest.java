package io.multiproc.tests;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The arrows between the packages of the client, and what its public classes may show. */
@Timeout(60)
class ClientArchitectureTest {
    private static final String ROOT = "io.multiproc.client";

    /** The exceptions and values of the client's root package, with the package that encodes them: they know each other, and nothing else. */
    private static final String VALUES = "values";

    /** By package, below the client's own, the packages that it may use: all of them, and no more. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry(VALUES, Set.of()),
            Map.entry("internal.connection", Set.of(VALUES)),
            Map.entry("internal.session", Set.of(VALUES, "internal.connection")),
            Map.entry("internal.kryo", Set.of(VALUES)),
            Map.entry("internal.code", Set.of(VALUES, "internal.kryo")),
            Map.entry("internal.service", Set.of(VALUES)),
            Map.entry("internal.local", Set.of("internal.os")),
            Map.entry("internal.log", Set.of()),
            Map.entry("internal.os", Set.of()),
            Map.entry("internal", Set.of("spi", "internal.code")),
            Map.entry("internal.handle", Set.of(VALUES, "internal.kryo", "memory", "pipe")),
            Map.entry("json", Set.of(VALUES)),
            Map.entry("spi", Set.of()),
            Map.entry(
                    "root",
                    Set.of(
                            VALUES,
                            "internal",
                            "internal.kryo",
                            "internal.log",
                            "internal.service",
                            "internal.session",
                            "spi")),
            Map.entry("memory", Set.of(VALUES, "internal.code", "internal.kryo", "internal.local")),
            Map.entry(
                    "pipe",
                    Set.of(VALUES, "root", "internal.code", "internal.connection", "internal.kryo", "internal.local")),
            Map.entry("context", Set.of("root", "memory", "pipe", "pool", "process")),
            Map.entry(
                    "process",
                    Set.of(
                            VALUES,
                            "root",
                            "pipe",
                            "internal.code",
                            "internal.kryo",
                            "internal.local",
                            "internal.log",
                            "internal.os")),
            Map.entry(
                    "pool",
                    Set.of(VALUES, "root", "pipe", "process", "internal.code", "internal.kryo", "internal.log")));

    /** Where classes are that programs use. */
    private static final Set<String> EXPORTED = Set.of(
            ROOT,
            ROOT + ".context",
            ROOT + ".json",
            ROOT + ".memory",
            ROOT + ".pipe",
            ROOT + ".pool",
            ROOT + ".process",
            ROOT + ".spi",
            "io.multiproc.testing",
            "io.multiproc.testcontainers");

    private static JavaClasses client;
    private static JavaClasses exported;

    @BeforeAll
    static void read() {
        ClassFileImporter importer =
                new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS);
        client = importer.importPackages(ROOT);
        exported = importer.importPackages(ROOT, "io.multiproc.testing", "io.multiproc.testcontainers");
        // a rule about classes that were not found would hold, too
        for (String p : EXPORTED) {
            assertFalse(
                    exported.stream().noneMatch(c -> c.getPackageName().equals(p) && isPublic(c)),
                    "no public classes in " + p);
        }
    }

    private static JavaClass outermost(JavaClass c) {
        return c.getEnclosingClass().map(ClientArchitectureTest::outermost).orElse(c);
    }

    private static boolean isValue(JavaClass c) {
        return c.isAssignableTo(Throwable.class)
                || Set.of(
                                ROOT + ".Tuple",
                                ROOT + ".Complex",
                                ROOT + ".Outcome",
                                ROOT + ".OpaqueObject",
                                ROOT + ".StoredName",
                                ROOT + ".KeyFields",
                                ROOT + ".Codec",
                                ROOT + ".SharedClasses",
                                ROOT + ".Held",
                                ROOT + ".UnreadValue",
                                // what an exception tells of a cluster
                                ROOT + ".ClusterInfo",
                                ROOT + ".Facts")
                        .contains(c.getName());
    }

    /** The name in the table, or null for classes of others. */
    private static String part(JavaClass of) {
        JavaClass c = outermost(of.getBaseComponentType());
        String name = c.getPackageName();
        if (name.equals(ROOT)) {
            return isValue(c) ? VALUES : "root";
        }
        if (!name.startsWith(ROOT + ".")) {
            return null;
        }
        String below = name.substring(ROOT.length() + 1);
        return below.equals("internal.value") ? VALUES : below;
    }

    @Test
    void eachPackageHasItsArrows() {
        Map<String, Set<String>> used = new TreeMap<>();
        Map<String, Set<String>> examples = new TreeMap<>();
        for (JavaClass c : client) {
            used.computeIfAbsent(part(c), p -> new TreeSet<>());
            for (Dependency d : c.getDirectDependenciesFromSelf()) {
                String from = part(c);
                String to = part(d.getTargetClass());
                if (to != null && !to.equals(from)) {
                    used.get(from).add(to);
                    if (!ARROWS.getOrDefault(from, Set.of()).contains(to)) {
                        examples.computeIfAbsent(from + " -> " + to, a -> new TreeSet<>())
                                .add(d.getDescription());
                    }
                }
            }
        }
        assertEquals(Map.of(), examples, "arrows that nobody allows");
        Map<String, Set<String>> allowed = new TreeMap<>();
        ARROWS.forEach((from, to) -> allowed.put(from, new TreeSet<>(to)));
        assertEquals(allowed, used, "a stale table");
    }

    @Test
    void noPackagesFormACircle() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass c) {
                        String part = part(c);
                        return part == null ? SliceIdentifier.ignore() : SliceIdentifier.of(part);
                    }

                    @Override
                    public String getDescription() {
                        return "packages of the client";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(client);
    }

    @Test
    void internalsKnowOfTheRootExceptionsAndValuesOnly() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass c : client) {
            if (!c.getPackageName().startsWith(ROOT + ".internal")) {
                continue;
            }
            for (Dependency d : c.getDirectDependenciesFromSelf()) {
                if ("root".equals(part(d.getTargetClass()))) {
                    wrong.add(d.getDescription());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void theConnectionKnowsNothingOfTheSession() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass c : client) {
            for (Dependency d : c.getDirectDependenciesFromSelf()) {
                if ("internal.connection".equals(part(c)) && "internal.session".equals(part(d.getTargetClass()))) {
                    wrong.add(d.getDescription());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    // ---- what programs see

    private static boolean isPublic(JavaClass c) {
        return c.getModifiers().contains(JavaModifier.PUBLIC)
                && c.getEnclosingClass().map(ClientArchitectureTest::isPublic).orElse(true);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    /** A class with all above it that programs cannot name: their members are the class's. */
    private static Set<JavaClass> withHidden(JavaClass c) {
        Set<JavaClass> all = new TreeSet<>((a, b) -> a.getName().compareTo(b.getName()));
        all.add(c);
        Stream.concat(c.getRawSuperclass().stream(), c.getRawInterfaces().stream())
                .filter(s -> s.getPackageName().equals(c.getPackageName()) && !isPublic(s))
                .forEach(s -> all.addAll(withHidden(s)));
        return all;
    }

    private static Stream<JavaClass> raw(JavaType type) {
        return type.getAllInvolvedRawTypes().stream().map(JavaClass::getBaseComponentType);
    }

    private static Stream<JavaClass> bounds(List<? extends JavaTypeVariable<?>> variables) {
        return variables.stream().flatMap(v -> v.getUpperBounds().stream()).flatMap(ClientArchitectureTest::raw);
    }

    private static Stream<JavaClass> shown(JavaClass c) {
        Stream<JavaClass> all = Stream.concat(
                bounds(c.getTypeParameters()), c.getInterfaces().stream().flatMap(ClientArchitectureTest::raw));
        all = Stream.concat(all, c.getSuperclass().stream().flatMap(ClientArchitectureTest::raw));
        for (JavaClass part : withHidden(c)) {
            for (JavaField f : part.getFields()) {
                if (isVisible(f.getModifiers())) {
                    all = Stream.concat(all, raw(f.getType()));
                }
            }
            for (JavaCodeUnit m : part.getCodeUnits()) {
                if (isVisible(m.getModifiers()) && !m.getModifiers().contains(JavaModifier.SYNTHETIC)) {
                    all = Stream.concat(all, raw(m.getReturnType()));
                    all = Stream.concat(all, m.getParameterTypes().stream().flatMap(ClientArchitectureTest::raw));
                    all = Stream.concat(all, m.getExceptionTypes().stream());
                    all = Stream.concat(all, bounds(m.getTypeParameters()));
                }
            }
        }
        return all;
    }

    @Test
    void noPublicClassShowsAnInternalOne() {
        Map<String, Set<String>> wrong = new TreeMap<>();
        for (JavaClass c : exported) {
            if (EXPORTED.contains(c.getPackageName()) && isPublic(c)) {
                Set<String> internal = shown(c).map(JavaClass::getName)
                        .filter(n -> n.startsWith(ROOT + ".internal"))
                        .collect(toCollection(TreeSet::new));
                if (!internal.isEmpty()) {
                    wrong.put(c.getName(), internal);
                }
            }
        }
        assertEquals(Map.of(), wrong);
    }
}
