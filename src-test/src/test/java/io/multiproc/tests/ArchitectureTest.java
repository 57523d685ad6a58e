package io.multiproc.tests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The arrows between the packages of the client, and which of them knows which library. {@link ServerArchitectureTest} has those of the server. */
@Timeout(60)
class ArchitectureTest {
    private static final String CLIENT = "io.multiproc.client..";
    private static final String SERVER = "io.multiproc.server..";

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.multiproc.protocol", "io.multiproc.client", "io.multiproc.server");
        // a rule about classes that were not found would hold, too
        for (String needed : new String[] {CLIENT, SERVER, "io.multiproc.protocol.."}) {
            if (classes.that(resideInAPackage(needed)).isEmpty()) {
                throw new AssertionError("no classes in " + needed);
            }
        }
    }

    private static void never(String from, String to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(to)
                .check(classes);
    }

    private static void onlyIn(String home, String... library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library)
                .check(classes);
        // the rule has an object
        if (classes.that(resideInAPackage(home)).stream()
                .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                .noneMatch(d -> resideInAnyPackage(library).test(d.getTargetClass()))) {
            throw new AssertionError(home + " does not use " + String.join(", ", library) + ": a stale rule");
        }
    }

    @Test
    void theClientKnowsNoServer() {
        never(CLIENT, SERVER);
    }

    /** Leases, waits and time-outs go by {@code System.nanoTime}: setting the computer's clock ends and freezes none. */
    @Test
    void theWallClockIsAskedForDatesOnly() {
        Set<String> wallClock = Set.of(
                "java.lang.System.currentTimeMillis",
                "java.time.Clock.systemDefaultZone",
                "java.time.Clock.systemUTC",
                "java.time.Instant.now",
                "java.time.LocalDateTime.now",
                "java.time.OffsetDateTime.now",
                "java.time.ZonedDateTime.now");
        Set<String> asking = new TreeSet<>();
        for (JavaClass c : classes) {
            Stream.<JavaAccess<?>>concat(c.getMethodCallsFromSelf().stream(), c.getMethodReferencesFromSelf().stream())
                    .filter(a -> wallClock.contains(a.getTargetOwner().getName() + "." + a.getName()))
                    .forEach(a -> asking.add(c.getName().replaceFirst("\\$.*", "")));
        }
        assertEquals(
                Set.of(
                        // the age of files
                        "io.multiproc.client.internal.code.SourceProgram",
                        // Condition.awaitUntil is given a date
                        "io.multiproc.client.SharedCondition",
                        // how long files are as they are
                        "io.multiproc.client.process.ArchiveWriter",
                        "io.multiproc.client.process.ClassPathListing",
                        // dates of events
                        "io.multiproc.server.access.AuditLog",
                        "io.multiproc.server.cli.Inspect",
                        "io.multiproc.server.cli.Logs",
                        // certificates have dates
                        "io.multiproc.protocol.tls.TlsCertificates",
                        // where it begins
                        "io.multiproc.server.engine.EngineClock",
                        // what the file says of its age
                        "io.multiproc.server.image.ImageFiles",
                        "io.multiproc.server.image.Images",
                        "io.multiproc.server.snapshot.Snapshots"),
                asking);
    }

    @Test
    void eachLibraryHasOneHome() {
        onlyIn("io.multiproc.client.internal.kryo..", "com.esotericsoftware..");
        onlyIn("io.multiproc.client.json..", "com.fasterxml..");
    }

    @Test
    void theClientsInternalsStayWithin() {
        never("io.multiproc.server..", "io.multiproc.client.internal..");
    }
}
