package io.multiproc.client.internal.value;

import static org.junit.jupiter.api.Assertions.*;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PackagesTest {
    @Test
    void aClassIsInItsPackageAndInThoseAbove() {
        assertTrue(Packages.have(Set.of("com.acme"), "com.acme.Job"));
        assertTrue(Packages.have(Set.of("com"), "com.acme.Job$Part"));
        assertFalse(Packages.have(Set.of("com.ac"), "com.acme.Job"));
        assertFalse(Packages.have(Set.of("com.acme.Job"), "com.acme.Job"));
        assertFalse(Packages.have(Set.of(), "com.acme.Job"));
    }

    @Test
    void theUnnamedPackageIsNotAboveOthers() {
        assertTrue(Packages.have(Set.of(""), "Job"));
        assertTrue(Packages.have(Set.of(""), "Job$Part"));
        assertFalse(Packages.have(Set.of(""), "com.acme.Job"));
        assertFalse(Packages.have(Set.of(""), "java.lang.Runtime"));
        assertFalse(Packages.have(Set.of("com"), "Job"));
        assertFalse(Packages.have(Set.of(), "Job"));
        assertEquals("", Packages.of("Job$Part"));
        assertEquals("com.acme", Packages.of("com.acme.Job"));
    }
}
