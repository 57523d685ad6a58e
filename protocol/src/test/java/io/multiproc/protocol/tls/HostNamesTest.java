package io.multiproc.protocol.tls;

import static org.junit.jupiter.api.Assertions.*;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostNamesTest {
    private static Collection<List<?>> names(Object... pairs) {
        Collection<List<?>> out = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            out.add(List.of(pairs[i], pairs[i + 1]));
        }
        return out;
    }

    private static boolean isFor(String pattern, String host) {
        return HostNames.fault(names(2, pattern), host) == null;
    }

    @Test
    void namesAreComparedAsNames() {
        assertTrue(isFor("manager.example.com", "manager.example.com"));
        assertTrue(isFor("Manager.Example.com", "manager.EXAMPLE.com."));
        assertFalse(isFor("manager.example.com", "example.com"));
        assertFalse(isFor("manager.example.com", "xmanager.example.com"));
        assertFalse(isFor("", "manager"));
    }

    @Test
    void aStarIsOneWholePart() {
        assertTrue(isFor("*.example.com", "a.example.com"));
        assertFalse(isFor("*.example.com", "example.com"));
        assertFalse(isFor("*.example.com", ".example.com"));
        assertFalse(isFor("*.example.com", "a.b.example.com"));
        assertFalse(isFor("a*.example.com", "ab.example.com"));
        assertFalse(isFor("*.*.com", "a.b.com"));
        assertFalse(isFor("*.com", "example.com"));
        assertFalse(isFor("*", "localhost"));
    }

    @Test
    void addressesAreComparedAsNumbersAndWithAddressesOnly() {
        assertNull(HostNames.fault(names(7, "127.0.0.1"), "127.0.0.1"));
        assertNull(HostNames.fault(names(7, "0:0:0:0:0:0:0:1"), "::1"));
        assertNotNull(HostNames.fault(names(7, "127.0.0.2"), "127.0.0.1"));
        assertNotNull(HostNames.fault(names(2, "127.0.0.1"), "127.0.0.1"), "a name that looks like an address");
        assertNotNull(HostNames.fault(names(7, "127.0.0.1"), "localhost"));
        assertFalse(isFor("*.0.0.1", "127.0.0.1"));
    }

    @Test
    void theFaultTellsWhatItIsFor() {
        String fault = HostNames.fault(names(1, "mail@example.com", 2, "a.example", 7, "10.0.0.1"), "b.example");
        assertEquals("it is for a.example, 10.0.0.1, not for b.example", fault);
        assertEquals("it names no host (subjectAltName), and must name b", HostNames.fault(names(), "b"));
    }
}
