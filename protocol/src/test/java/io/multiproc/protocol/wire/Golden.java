package io.multiproc.protocol.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The named vectors of a golden file: one per line, name and bytes; lines that start with # are comments. */
final class Golden {
    private Golden() {}

    static Map<String, byte[]> read(String file) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/v1/" + file)) {
            if (in == null) {
                throw new AssertionError("golden/v1/" + file + " is missing");
            }
            Map<String, byte[]> out = new LinkedHashMap<>();
            new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().forEach(line -> {
                if (!line.startsWith("#") && !line.isBlank()) {
                    int space = line.indexOf(' ');
                    byte[] old =
                            out.put(line.substring(0, space), HexFormat.of().parseHex(line.substring(space + 1)));
                    if (old != null) {
                        throw new AssertionError("twice in " + file + ": " + line);
                    }
                }
            });
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
