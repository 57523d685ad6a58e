package io.multiproc.client.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which parts of a recording are added to a profile. */
@Tag("once")
class ProfilePartTest {
    private static final int HEADER = 68;

    private static byte[] chunk(long size, long metadata, int state, int bytes) {
        return ByteBuffer.allocate(bytes)
                .putInt(0, 0x464C5200)
                .putLong(8, size)
                .putLong(24, metadata)
                .put(64, (byte) state)
                .array();
    }

    private static byte[] appended(byte[]... chunks) throws IOException {
        ByteArrayOutputStream recording = new ByteArrayOutputStream();
        for (byte[] c : chunks) {
            recording.write(c);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ProfilePart.append(recording.toByteArray(), out);
        return out.toByteArray();
    }

    @Test
    void chunksAreTakenWhole() throws IOException {
        byte[] first = chunk(100, 70, 0, 100);
        byte[] second = chunk(80, 70, 0, 80);
        byte[] both = appended(first, second);
        assertEquals(180, both.length);
        assertArrayEquals(first, java.util.Arrays.copyOf(both, 100));
    }

    @Test
    void ofOneThatWasBeingWrittenWhatItSays() throws IOException {
        byte[] taken = appended(chunk(90, 70, 1, 120));
        assertEquals(90, taken.length);
        assertEquals(0, taken[64]);
    }

    @Test
    void whatNobodyCanReadIsLeftOut() throws IOException {
        assertEquals(0, appended(chunk(100, 0, 1, 100)).length);
        assertEquals(0, appended(chunk(200, 70, 1, 100)).length);
        assertEquals(0, appended(chunk(10, 70, 1, 100)).length);
        assertEquals(0, appended(new byte[HEADER * 2]).length);
        assertEquals(0, appended(new byte[HEADER - 1]).length);
    }
}
