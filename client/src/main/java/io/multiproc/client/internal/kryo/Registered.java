package io.multiproc.client.internal.kryo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A registered class as it is announced to the server: id, class name, schema hash in hexadecimal digits. */
public record Registered(int id, String className, String schemaHash) {
    /**
     * Where two registries contradict each other, one text for each: the same id for two classes, the same class under two ids,
     * or one class with two schemas. A class that only one of them has is no contradiction.
     */
    public static List<String> contradictions(List<Registered> mine, List<Registered> theirs) {
        Map<Integer, Registered> byId = new HashMap<>();
        Map<String, Registered> byName = new HashMap<>();
        for (Registered r : theirs) {
            byId.put(r.id, r);
            byName.put(r.className, r);
        }
        List<String> out = new ArrayList<>();
        for (Registered m : mine) {
            Registered t = byId.get(m.id);
            Registered same = byName.get(m.className);
            if (t != null && !t.className.equals(m.className)) {
                out.add("id " + m.id + " is " + m.className + " here and " + t.className + " there");
            } else if (t != null && !t.schemaHash.equals(m.schemaHash)) {
                out.add("class " + m.className + " (id " + m.id + ") has other fields here than there");
            }
            if (same != null && same.id != m.id) {
                out.add("class " + m.className + " has id " + m.id + " here and " + same.id + " there");
            }
        }
        return out;
    }
}
