package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The bill of materials lists every library whose classes are in the runnable jar, and what it lists has a version and a hash. It runs where images are built: as they do, the bill
 * needs Maven online.
 */
@Tag("docker")
@Timeout(60)
class BillOfMaterialsIT {
    private static Path server() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("server/pom.xml"))) {
            top = top.getParent();
        }
        return top.resolve("server/target");
    }

    @Test
    void everyLibraryInTheJarIsListed() throws IOException {
        JsonNode bom = new ObjectMapper().readTree(server().resolve("bom.json").toFile());
        assertEquals("CycloneDX", bom.path("bomFormat").asText());
        Set<String> listed = new TreeSet<>();
        for (JsonNode c : bom.path("components")) {
            String name = c.path("name").asText();
            assertFalse(c.path("version").asText().isEmpty(), name + " has no version");
            assertTrue(
                    c.path("hashes").size() > 0 || c.path("group").asText().equals("io.multiproc"),
                    name + " has no hash");
            listed.add(name + "-" + c.path("version").asText());
        }
        Set<String> missing = new TreeSet<>();
        int inside = 0;
        try (ZipFile jar = new ZipFile(server().resolve("multiproc.jar").toFile())) {
            for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
                Path library = Path.of(path);
                if (path.endsWith(".jar") && isInside(jar, library)) {
                    inside++;
                    String file = library.getFileName().toString();
                    if (listed.stream().noneMatch(file::startsWith)) {
                        missing.add(file);
                    }
                }
            }
        }
        assertTrue(inside > 15, "only " + inside + " libraries found in the jar");
        assertEquals(Set.of(), missing);
    }

    /** By its first class: name and checksum. */
    private static boolean isInside(ZipFile jar, Path library) throws IOException {
        try (ZipFile zip = new ZipFile(library.toFile())) {
            ZipEntry first = zip.stream()
                    .filter(e -> e.getName().endsWith(".class") && !e.getName().contains("-info"))
                    .findFirst()
                    .orElse(null);
            ZipEntry same = first == null ? null : jar.getEntry(first.getName());
            return first != null && same != null && same.getCrc() == first.getCrc();
        }
    }
}
