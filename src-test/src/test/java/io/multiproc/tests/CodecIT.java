package io.multiproc.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.client.Codec;
import io.multiproc.client.DictProxy;
import io.multiproc.client.Manager;
import io.multiproc.client.ManagerOptions;
import io.multiproc.client.OpaqueObject;
import io.multiproc.client.Outcome;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SharedClasses;
import io.multiproc.client.StoredName;
import io.multiproc.client.json.JsonCodec;
import io.multiproc.tests.fixtures.TestServer;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Managers with codecs of their own beside one that has the default. */
@Tag("jdk")
@Timeout(60)
class CodecIT {
    /** A class of a program's. */
    public record Order(long id, List<String> tags) {}

    /** The same as a later version calls it. */
    @StoredName("io.multiproc.tests.CodecIT$Order")
    public record Purchase(long id, List<String> tags, String note) {}

    /** Constants with a body have classes of their own. */
    public enum Size {
        LARGE {}
    }

    private final TestServer server = TestServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    private ManagerOptions options() {
        return server.options().register(1000, Order.class).register(1001, Size.class);
    }

    private Manager connect(Codec codec) {
        return server.connect(options().withCodec(codec));
    }

    private static String text(Object opaque) {
        return new String(((OpaqueObject) opaque).bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void jsonIsReadByProgramsWithTheCodecAndByPeople() {
        Manager json = connect(JsonCodec.create());
        DictProxy<String, Order> orders = json.dict("orders", String.class, Order.class);
        Order order = new Order(7, List.of("a", "ü"));
        orders.set("x", order);
        assertEquals(order, orders.get("x"));
        assertTrue(orders.replace("x", order, new Order(8, List.of())));
        assertEquals(
                new Order(8, List.of()),
                connect(JsonCodec.create()).dict("orders").get("x"));
        assertEquals(
                "{\"class\":\"io.multiproc.tests.CodecIT$Order\",\"value\":{\"id\":8,\"tags\":[]}}",
                text(connect(Codec.bytes()).dict("orders").get("x")));
        DictProxy<Object, Object> any = json.dict("any");
        for (Object value : List.of(
                Size.LARGE,
                DayOfWeek.MONDAY,
                List.of(order, Map.of("k", order)),
                "text",
                5L,
                LocalDate.of(2026, 11, 30))) {
            any.set("v", value);
            assertEquals(value, any.get("v"));
        }
    }

    @Test
    void jsonWithARenamedClassAndAnUnknownProperty() {
        connect(JsonCodec.create()).dict("d").set("old", new Order(1, List.of()));
        Manager renamed =
                server.connect(server.options().allowClass(Purchase.class).withCodec(JsonCodec.create()));
        assertEquals(new Purchase(1, List.of(), null), renamed.dict("d").get("old"));
        renamed.dict("d").set("new", new Purchase(2, List.of("t"), "n"));
        assertEquals(
                new Order(2, List.of("t")),
                connect(JsonCodec.create()).dict("d").get("new"));
    }

    @Test
    void jsonMakesNoObjectsOfClassesThatAreNotAllowed() {
        Manager json = connect(JsonCodec.create());
        SerializationException writing = assertThrows(
                SerializationException.class, () -> json.dict("d").set("k", new Purchase(1, List.of(), "")));
        assertTrue(writing.getMessage().contains("Purchase is not registered"), writing.getMessage());
        assertFalse(json.dict("d").containsKey("k"));
        for (String bytes : List.of(
                "{\"class\":\"java.lang.ProcessBuilder\",\"value\":{}}",
                "{\"class\":\"io.multiproc.tests.CodecIT$Purchase\",\"value\":{}}",
                "{\"class\":5}",
                "[]",
                "null",
                "",
                "{\"class\":\"io.multiproc.tests.CodecIT$Order\",\"value\":null}",
                "{\"class\":\"io.multiproc.tests.CodecIT$Order\",\"value\":{\"id\":\"x\"}}",
                "[".repeat(100_000))) {
            json.dict("d").set("k", new OpaqueObject(4, bytes.getBytes(StandardCharsets.UTF_8)));
            assertThrows(SerializationException.class, () -> json.dict("d").get("k"), bytes);
        }
    }

    @Test
    void anotherCodecIsNamed() {
        Manager kryo = server.connect(options());
        Manager json = connect(JsonCodec.create());
        kryo.dict("d").set("kryo", new Order(1, List.of()));
        json.dict("d").set("json", new Order(1, List.of()));
        says(() -> kryo.dict("d").get("json"), "written by codec 4 (JSON); this client reads codec 3 (Kryo)");
        says(() -> json.dict("d").get("kryo"), "written by codec 3 (Kryo); this client reads codec 4 (JSON)");
        // what has a form of its own is read by all
        kryo.dict("d").set("list", List.of(1, "x"));
        assertEquals(List.of(1, "x"), json.dict("d").get("list"));
    }

    private static void says(Runnable call, String text) {
        SerializationException e = assertThrows(SerializationException.class, call::run);
        assertTrue(e.getMessage().contains(text), e.getMessage());
    }

    @Test
    void bytesPassOnWhatTheyDoNotKnow() {
        Manager kryo = server.connect(options());
        Manager bytes = connect(Codec.bytes());
        kryo.dict("d").set("k", new Order(1, List.of("t")));
        Object opaque = bytes.dict("d").get("k");
        assertEquals(3, ((OpaqueObject) opaque).codec());
        bytes.dict("d").set("copy", opaque);
        assertEquals(new Order(1, List.of("t")), kryo.dict("d").get("copy"));
        bytes.dict("d").set("raw", new byte[] {1, 2});
        assertArrayEquals(new byte[] {1, 2}, (byte[]) kryo.dict("d").get("raw"));
        SerializationException e =
                assertThrows(SerializationException.class, () -> bytes.dict("d").set("k", new Order(2, List.of())));
        assertTrue(e.getMessage().contains("this client's codec is bytes"), e.getMessage());
        assertEquals(Outcome.NOT_APPLIED, e.outcome());
    }

    /** Of a program's own; fails for negative numbers. */
    private static final class OwnCodec implements Codec {
        @Override
        public int id() {
            return 200;
        }

        @Override
        public byte[] encode(Object object, SharedClasses classes) {
            long id = ((Order) object).id();
            if (id < 0) {
                throw new IllegalArgumentException("negative");
            }
            return new byte[] {(byte) id};
        }

        @Override
        public Object decode(byte[] bytes, SharedClasses classes) throws Exception {
            if (bytes[0] == 9) {
                throw new Exception("nine");
            }
            return new Order(bytes[0], List.of());
        }
    }

    @Test
    void aProgramsOwn() {
        Manager own = connect(new OwnCodec());
        own.dict("d").set("k", new Order(5, List.of("lost")));
        assertEquals(new Order(5, List.of()), own.dict("d").get("k"));
        says(() -> own.dict("d").set("k", new Order(-1, List.of())), "codec 200 (a program's own): negative");
        own.dict("d").set("k", new Order(9, List.of()));
        says(() -> own.dict("d").get("k"), "codec 200 (a program's own): nine");
        says(() -> server.connect(options()).dict("d").get("k"), "written by codec 200 (a program's own)");
        for (int id : new int[] {0, 1, 2, 3, 15, -1, 256}) {
            assertThrows(IllegalArgumentException.class, () -> options().withCodec(new Codec() {
                @Override
                public int id() {
                    return id;
                }

                @Override
                public byte[] encode(Object object, SharedClasses classes) {
                    return new byte[0];
                }

                @Override
                public Object decode(byte[] bytes, SharedClasses classes) {
                    return "";
                }
            }));
        }
    }
}
