package io.multiproc.tests.redteam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.SetProxy;
import io.multiproc.client.Tuple;
import io.multiproc.tests.fixtures.TestServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that somebody has chosen so that they collide, on the server or in the Java clients that read them. */
@Timeout(60)
class CollidingKeysIT {
    private static final int MANY = 60_000;

    /** Texts of 16 blocks, each of which may be replaced by another: with a hash that folds by the signed high word, half of all seeds gave all one hash. */
    @Test
    void twinsOfWords() throws Exception {
        Random random = new Random(19);
        System.out.println("seed 19");
        long[] words = random.longs(32).map(w -> w & 0x7f7f_7f7f_7f7f_7f7fL).toArray();
        Map<Object, Object> keys = new HashMap<>();
        for (int n = 0; n < 1 << 16; n++) {
            ByteBuffer text = ByteBuffer.allocate(5 + 16 * 16);
            text.put("xxxxx".getBytes(StandardCharsets.US_ASCII));
            for (int block = 0; block < 16; block++) {
                boolean twin = (n >> block & 1) != 0;
                text.putLong(twin ? ~words[2 * block] ^ 1 : words[2 * block]);
                text.putLong(twin ? words[2 * block + 1] ^ 1 : words[2 * block + 1]);
            }
            keys.put(new String(text.array(), StandardCharsets.ISO_8859_1), n);
        }
        try (TestServer server = TestServer.start();
                Bystander bystander = new Bystander(server.connect())) {
            DictProxy<Object, Object> dict = server.connect().dict();
            dict.putAll(keys);
            assertEquals(1 << 16, dict.size());
            assertTrue(bystander.report("65,536 texts of twins") < 5_000);
        }
    }

    @Test
    void tuplesOfOneHashCode() {
        List<Tuple> tuples = new ArrayList<>();
        for (int n = 0; n < MANY; n++) {
            tuples.add(Tuple.of(n, -31 * n));
        }
        try (TestServer server = TestServer.start()) {
            Manager manager = server.connect();
            SetProxy<Object> set = manager.set();
            set.addAll(tuples);
            Set<Object> copy = set.snapshot();
            assertEquals(MANY, copy.size());
            DictProxy<Object, Object> dict = manager.dict();
            dict.put("set", new HashSet<>(tuples));
            assertEquals(MANY, ((Set<?>) dict.get("set")).size());
        }
    }
}
