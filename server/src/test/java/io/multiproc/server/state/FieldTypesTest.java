package io.multiproc.server.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldTypesTest {
    @ParameterizedTest
    @CsvSource({
        "int, long, true",
        "int, java.lang.Integer, true",
        "int, java.math.BigDecimal, true",
        "int, java.lang.Number, true",
        "int, java.lang.Object, true",
        "int, java.lang.Comparable, true",
        "int, boolean, false",
        "int, java.lang.String, false",
        "int, com.acme.Money, false",
        "int, java.lang.CharSequence, false",
        "char, java.lang.String, true",
        "java.lang.String, java.lang.CharSequence, true",
        "java.lang.String, java.util.List, false",
        "java.lang.String, com.acme.Name, false",
        "java.util.List, java.util.LinkedList, true",
        "java.util.List, java.util.Collection, true",
        "java.util.Deque, java.util.LinkedList, true",
        "java.util.Deque, java.util.Collection, true",
        "java.util.List, java.util.Map, false",
        "java.util.List, java.util.Set, false",
        "java.util.Map, java.util.Collection, false",
        "java.util.Collection, java.lang.Iterable, true",
        "java.util.Map, com.acme.Prices, true",
        "java.lang.Number, com.acme.Money, true",
        "com.acme.Old, com.acme.New, true",
        "com.acme.Old[], com.acme.New[], true",
        "com.acme.Old[], com.acme.Old, false",
        "int[], long[], false",
        "int[], com.acme.Old[], false",
        "int[], java.lang.Object, true",
        "java.util.UUID, java.lang.String, false",
        "java.util.UUID, com.acme.Id, false",
        "java.time.Instant, java.time.LocalDate, false",
        "java.util.UUID, java.util.UUID, true"
    })
    void compatibleIfThereIsAValueOfBoth(String one, String other, boolean compatible) {
        assertEquals(compatible, FieldTypes.compatible(one, other));
        assertEquals(compatible, FieldTypes.compatible(other, one));
    }
}
