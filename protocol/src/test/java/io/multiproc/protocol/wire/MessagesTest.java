package io.multiproc.protocol.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.multiproc.protocol.error.ErrorCode;
import io.multiproc.protocol.op.DictOp;
import io.multiproc.protocol.op.ListOp;
import io.multiproc.protocol.op.ManagerOp;
import io.multiproc.protocol.op.OpTable;
import io.multiproc.protocol.op.QueueOp;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The writers of messages give the golden frames, and the readers read them wherever they stand. */
class MessagesTest {
    private static final long ID = 0x0102030405060708L;

    private final Map<String, byte[]> golden = Golden.read("messages.hex");
    private final Map<String, byte[]> written = new LinkedHashMap<>();

    private static byte[] request(long id, int op, long object, byte[]... args) {
        ByteWriter out = new ByteWriter(1).u8(0xee);
        int mark = Messages.beginRequest(out, 0, op, object);
        out.u8(args.length);
        for (byte[] a : args) {
            out.raw(a);
        }
        Messages.endFrame(out, mark);
        Messages.patchRequest(out, mark, id);
        return Arrays.copyOfRange(out.array(), 1, out.size());
    }

    private static byte[] reply(long id, Reply reply) {
        ByteWriter out = new ByteWriter();
        Messages.reply(out, id, reply);
        return out.toByteArray();
    }

    private interface Write {
        void to(ByteWriter out);
    }

    private static byte[] frame(Write write) {
        ByteWriter out = new ByteWriter(1);
        write.to(out);
        return out.toByteArray();
    }

    @Test
    void writersGiveTheGoldenFrames() {
        written.put("request_dict.get_5_k", request(ID, DictOp.GET.code(), 5, Values.ofText("k")));
        written.put("request_dict.size_5", request(1, DictOp.SIZE.code(), 5));
        written.put("request_manager.find_x", request(2, ManagerOp.FIND.code(), 0, Values.ofText("x")));
        written.put("request_queue.take_-1", request(3, QueueOp.TAKE.code(), 9, Values.ofInteger(-1)));
        written.put(
                "request_list.slice_absent_2",
                request(-1, ListOp.SLICE.code(), Long.MAX_VALUE, Values.ABSENT, Values.ofInteger(2)));
        written.put("reply_nothing", reply(ID, Reply.NOTHING));
        written.put("reply_absent", reply(1, Reply.ABSENT));
        written.put("reply_text", reply(1, Reply.text("v")));
        written.put("reply_integer_2^31", reply(1, Reply.integer(1L << 31)));
        written.put("reply_error_no_such_object", reply(1, Reply.error(ErrorCode.NO_SUCH_OBJECT, "gone")));
        written.put("reply_error_internal_empty", reply(1, Reply.error(ErrorCode.INTERNAL, "")));
        written.put("reply_error_200_bytes", reply(1, Reply.error(ErrorCode.BAD_ARGUMENT, "\u00fc".repeat(100))));
        written.put("cancel", frame(out -> Messages.cancel(out, ID)));
        written.put("acknowledge", frame(out -> Messages.acknowledge(out, ID)));
        written.put("ping", frame(out -> Messages.ping(out, -1)));
        written.put("pong", frame(out -> Messages.pong(out, 0)));
        written.put("goodbye_shutting_down", frame(out -> Messages.goodbye(out, ErrorCode.SHUTTING_DOWN, "bye")));
        written.put("give_back", frame(out -> Messages.giveBack(out, ID)));
        written.put("follows_owner_2_levels", frame(out -> Messages.follows(out, ID, 7, 2, true)));
        written.put("follows_waiter", frame(out -> Messages.follows(out, 1, -1, 1, false)));
        written.put("received", frame(out -> Messages.received(out, 77)));
        assertEquals(golden.keySet(), written.keySet(), "each vector has a test, and each test a vector");
        Set<Integer> kinds = new HashSet<>();
        golden.forEach((name, expected) -> {
            assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(written.get(name)), name);
            kinds.add((int) expected[4]);
        });
        assertEquals(Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), kinds, "each kind of message has a vector");
    }

    @Test
    void readersReadFramesAtAllOffsets() {
        for (int offset = 0; offset < 20; offset++) {
            int p = offset + 4;
            byte[] get = at(offset, "request_dict.get_5_k");
            assertEquals(Messages.REQUEST, get[p]);
            assertEquals(ID, Messages.id(get, p));
            assertEquals(DictOp.GET, OpTable.coded(Messages.operation(get, p)));
            assertEquals(5, Messages.object(get, p));
            int end = offset + golden.get("request_dict.get_5_k").length;
            Args args = Args.parse(DictOp.GET, get, p + Messages.REQUEST_HEADER, end);
            assertEquals(1, args.count());
            assertEquals("k", args.text(0));

            byte[] slice = at(offset, "request_list.slice_absent_2");
            assertEquals(-1, Messages.id(slice, p));
            assertEquals(Long.MAX_VALUE, Messages.object(slice, p));
            args = Args.parse(
                    ListOp.SLICE,
                    slice,
                    p + Messages.REQUEST_HEADER,
                    offset + golden.get("request_list.slice_absent_2").length);
            assertTrue(!args.present(0) && args.present(1) && !args.present(2));
            assertEquals(2, args.integer(1));

            byte[] text = at(offset, "reply_text");
            assertEquals(0, Messages.status(text, p));
            assertEquals("v", Values.text(text, p + Messages.REPLY_HEADER));

            byte[] error = at(offset, "reply_error_no_such_object");
            int stop = offset + golden.get("reply_error_no_such_object").length;
            assertEquals(1, Messages.status(error, p));
            assertEquals(ErrorCode.NO_SUCH_OBJECT, Messages.errorCode(error, p + Messages.REPLY_HEADER));
            assertEquals("gone", Messages.errorText(error, p + Messages.REPLY_HEADER, stop));
            // cut anywhere, there is a text all the same
            for (int cut = p + Messages.REPLY_HEADER + 2; cut < stop; cut++) {
                assertTrue("gone".startsWith(Messages.errorText(error, p + Messages.REPLY_HEADER, cut)));
            }

            byte[] large = at(offset, "reply_error_200_bytes");
            stop = offset + golden.get("reply_error_200_bytes").length;
            assertEquals("\u00fc".repeat(100), Messages.errorText(large, p + Messages.REPLY_HEADER, stop));

            byte[] goodbye = at(offset, "goodbye_shutting_down");
            stop = offset + golden.get("goodbye_shutting_down").length;
            assertEquals(ErrorCode.SHUTTING_DOWN, Messages.errorCode(goodbye, p + 1));
            assertEquals("bye", Messages.errorText(goodbye, p + 1, stop));

            for (String name : new String[] {"cancel", "acknowledge", "give_back"}) {
                assertEquals(ID, Messages.id(at(offset, name), p));
            }
            assertEquals(-1, Messages.id(at(offset, "ping"), p));

            byte[] owner = at(offset, "follows_owner_2_levels");
            assertEquals(ID, Messages.id(owner, p));
            assertEquals(7, Messages.holder(owner, p));
            assertEquals(2, Messages.levels(owner, p));
            assertTrue(Messages.owns(owner, p));
            byte[] waiter = at(offset, "follows_waiter");
            assertEquals(-1, Messages.holder(waiter, p));
            assertEquals(1, Messages.levels(waiter, p));
            assertTrue(!Messages.owns(waiter, p));
        }
    }

    @Test
    void aReplyThatIsAByteArrayIsToldByItsStart() {
        for (int size : new int[] {0, 1, 127, 128, 16_383, 16_384, 70_000}) {
            ByteWriter value = new ByteWriter().tag(Tag.BYTES).varint(size).raw(new byte[size]);
            byte[] frame = reply(ID, Reply.value(value.toByteArray()));
            int length = frame.length - 4;
            int start = length - size;
            assertEquals(start, Messages.startOfBytes(frame, 4, length, length), "of " + size);
            for (int there = 0; there < start; there++) {
                assertEquals(-1, Messages.startOfBytes(frame, 4, there, length), "with " + there + " of " + size);
            }
            assertEquals(start, Messages.startOfBytes(frame, 4, start, length), "its bytes need not be there");
            assertEquals(-1, Messages.startOfBytes(frame, 4, length, length + 1), "something follows");
            byte[] other = frame.clone();
            other[4] = Messages.PONG;
            assertEquals(-1, Messages.startOfBytes(other, 4, length, length));
        }
        byte[] text = reply(ID, Reply.text("text"));
        assertEquals(-1, Messages.startOfBytes(text, 4, text.length - 4, text.length - 4));
        byte[] error = reply(ID, Reply.error(ErrorCode.BUSY, "busy"));
        assertEquals(-1, Messages.startOfBytes(error, 4, error.length - 4, error.length - 4));
        byte[] endless = new byte[40];
        Arrays.fill(endless, (byte) 0xff);
        endless[0] = Messages.REPLY;
        endless[9] = 0;
        endless[10] = Tag.BYTES.code();
        assertEquals(-1, Messages.startOfBytes(endless, 0, 40, 40));
    }

    private byte[] at(int offset, String name) {
        byte[] frame = golden.get(name);
        byte[] out = new byte[offset + frame.length + 5];
        Arrays.fill(out, (byte) 0xff);
        System.arraycopy(frame, 0, out, offset, frame.length);
        return out;
    }

    @Test
    void lengthsThatLieGiveShorterTexts() {
        byte[] b = {0, 1, -1, -1, -1, -1, 0x7f, 'a', 'b'};
        assertEquals("", Messages.errorText(b, 0, 9).replaceAll("[ab]", ""));
        assertEquals("", Messages.errorText(b, 0, 2));
        assertEquals("", Messages.errorText(b, 0, 3));
        byte[] endless = {0, 1, -128, -128, -128, -128, -128, -128, -128, -128};
        Messages.errorText(endless, 0, endless.length);
    }

    @Test
    void unknownErrorNumbersAreInternal() {
        assertEquals(ErrorCode.INTERNAL, Messages.errorCode(new byte[] {-1, -1}, 0));
        for (ErrorCode code : ErrorCode.values()) {
            assertEquals(
                    code, Messages.errorCode(new ByteWriter().i16(code.code()).array(), 0));
        }
    }

    @Test
    void numbersGrowTheBuffer() {
        for (int n = 1; n < 40; n++) {
            ByteWriter out = new ByteWriter(n);
            for (int v : new int[] {0, 127, 128, 16383, 16384, Integer.MAX_VALUE, -1}) {
                out.varint(v);
            }
            assertEquals(
                    "007f8001ff7f808001ffffffff07ffffffff0f", HexFormat.of().formatHex(out.toByteArray()));
            assertEquals(19, out.size());
            assertEquals(0, out.reset().size());
        }
    }
}
