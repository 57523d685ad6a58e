package io.multiproc.tests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.multiproc.server.EmbeddedServers;
import io.multiproc.server.Main;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The arrows between the packages of server and protocol, and which of them knows which library. */
@Timeout(60)
class ServerArchitectureTest {
    private static final String ROOT = "io.multiproc.";
    private static final String CLIENT = "io.multiproc.client..";

    /** Each package, and those of ours that it may use: all that it does use, but for constants, which the compiler copies. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("protocol.error", Set.of()),
            Map.entry("protocol.idle", Set.of()),
            Map.entry("protocol.op", Set.of()),
            Map.entry("protocol.wire", Set.of("protocol.error", "protocol.op")),
            Map.entry("protocol.auth", Set.of("protocol.error", "protocol.wire")),
            Map.entry("protocol.tls", Set.of("protocol.auth")),
            Map.entry("protocol.pickle", Set.of("protocol.error", "protocol.wire")),
            Map.entry("server.machine", Set.of("protocol.op", "protocol.wire")),
            // knows the names and holders of objects, so that what is decided does not depend on who asks
            Map.entry(
                    "server.access",
                    Set.of("server.machine", "protocol.auth", "protocol.error", "protocol.op", "protocol.wire")),
            Map.entry("server.table", Set.of("protocol.wire")),
            Map.entry(
                    "server.state",
                    Set.of("server.machine", "server.table", "protocol.error", "protocol.op", "protocol.wire")),
            Map.entry(
                    "server.engine",
                    Set.of(
                            "server.access",
                            "server.machine",
                            "protocol.auth",
                            "protocol.error",
                            "protocol.op",
                            "protocol.wire")),
            Map.entry("server.snapshot", Set.of("protocol.auth", "server.state")),
            Map.entry(
                    "server.image",
                    Set.of(
                            "server.engine",
                            "server.machine",
                            "server.snapshot",
                            "server.state",
                            "protocol.error",
                            "protocol.wire")),
            Map.entry(
                    "server.log",
                    Set.of(
                            "server.engine",
                            "server.machine",
                            // private files and the lock of a folder
                            "server.snapshot",
                            "protocol.auth",
                            "protocol.wire")),
            Map.entry(
                    "server.raft",
                    Set.of(
                            "server.engine",
                            // the disk and the folder
                            "server.log",
                            "server.machine",
                            // private files and the lock of a folder
                            "server.snapshot")),
            Map.entry(
                    "server.python",
                    Set.of(
                            "server.access",
                            "server.engine",
                            "protocol.auth",
                            "protocol.error",
                            "protocol.op",
                            "protocol.pickle",
                            "protocol.wire")),
            Map.entry(
                    "server.net",
                    Set.of(
                            "server.access",
                            "server.engine",
                            "server.machine",
                            "server.python",
                            "protocol.auth",
                            "protocol.tls",
                            "protocol.error",
                            "protocol.idle",
                            "protocol.op",
                            "protocol.wire")),
            Map.entry(
                    "server.metrics",
                    Set.of("server.engine", "server.machine", "server.net", "protocol.error", "protocol.op")),
            Map.entry(
                    "server",
                    Set.of(
                            "server.access",
                            "server.cli",
                            "server.engine",
                            "server.image",
                            "server.log",
                            "server.machine",
                            "server.metrics",
                            "server.net",
                            "server.snapshot",
                            "server.state",
                            "client.spi",
                            "protocol.auth",
                            // the files of certificates are among the options
                            "protocol.tls",
                            "protocol.op")),
            Map.entry(
                    "server.cli",
                    Set.of(
                            "server",
                            "server.access",
                            // when the log is synced is an option
                            "server.log",
                            "server.net",
                            "server.python",
                            // a backup is checked where it is kept
                            "server.snapshot",
                            "client",
                            "client.pool",
                            "protocol.auth",
                            "protocol.error",
                            "protocol.wire")));

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.multiproc.protocol", "io.multiproc.server");
    }

    private static String shortName(JavaClass c) {
        return c.getPackageName().substring(ROOT.length());
    }

    @Test
    void eachPackageUsesThoseItMayUseAndNoOther() {
        Map<String, Set<String>> used = new TreeMap<>();
        for (JavaClass c : classes) {
            if (c.getSimpleName().equals("package-info")) {
                continue;
            }
            Set<String> targets = used.computeIfAbsent(shortName(c), p -> new TreeSet<>());
            for (Dependency d : c.getDirectDependenciesFromSelf()) {
                JavaClass target = d.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(ROOT)
                        && !target.getPackageName().equals(c.getPackageName())) {
                    targets.add(shortName(target));
                }
            }
        }
        Map<String, Set<String>> allowed = new TreeMap<>();
        ARROWS.forEach((from, to) -> allowed.put(from, new TreeSet<>(to)));
        assertEquals(allowed, used);
    }

    /** The program's entrance stands above the packages: nobody calls it. */
    @Test
    void thereIsNoCycleBetweenPackages() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass c) {
                        return c.isEquivalentTo(Main.class)
                                ? SliceIdentifier.ignore()
                                : SliceIdentifier.of(c.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void onlyTheCommandAndTheProviderKnowTheClient() {
        DescribedPredicate<JavaClass> provider = DescribedPredicate.describe(
                "the provider", c -> c.getName().startsWith(EmbeddedServers.class.getName()));
        noClasses()
                .that(DescribedPredicate.not(
                        resideInAnyPackage("io.multiproc.server.cli..").or(provider)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLIENT)
                .check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.multiproc.client.internal..")
                .check(classes);
    }

    /** What a log repeats on another machine has to give the same there. */
    @Test
    void theStateIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.multiproc.server.state..", "io.multiproc.server.machine..", "io.multiproc.server.table..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "java.util.concurrent..", "java.net..", "java.nio.channels..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(classes);
    }

    private static void onlyIn(String home, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(classes);
        assertTrue(
                classes.stream()
                        .filter(resideInAnyPackage(home))
                        .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                        .anyMatch(d -> resideInAnyPackage(library).test(d.getTargetClass())),
                home + " does not use " + library + ": a stale rule");
    }

    @Test
    void eachLibraryHasOneHome() {
        onlyIn("io.multiproc.protocol.tls..", "org.bouncycastle..");
        onlyIn("io.multiproc.server.net..", "io.netty..");
        onlyIn("io.multiproc.server.metrics..", "io.micrometer..");
        onlyIn("io.multiproc.server.raft..", "io.microraft..");
        onlyIn("io.multiproc.server.cli..", "org.apache.commons.cli..");
    }
}
