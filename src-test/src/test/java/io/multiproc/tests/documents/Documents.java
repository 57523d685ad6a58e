package io.multiproc.tests.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The Markdown documents of the repository, and their parts. */
final class Documents {
    static final Path TOP = top();
    static final String README = "README.md";
    static final String GUIDE = "client/GUIDE.md";
    static final String PYTHON = "client/python/README.md";
    static final String OPERATIONS = "server/OPERATIONS.md";
    static final String DESIGN = "server/DESIGN.md";

    private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*)\\s*");
    private static final Pattern HEADING = Pattern.compile("#{1,6} (.*)");

    private Documents() {}

    private static Path top() {
        Path p = Path.of("").toAbsolutePath();
        while (!Files.exists(p.resolve(README))) {
            p = p.getParent();
        }
        return p;
    }

    /**
     * A fenced block.
     *
     * @param line where its text begins
     * @param section the heading above it
     * @param language what stands behind the fence, or empty
     * @param output the text block that follows it, if one does
     */
    record Block(String document, int line, String section, String language, String text, Optional<String> output) {
        @Override
        public String toString() {
            return document + ":" + line + " " + language;
        }

        /** Its lines without comments and without empty ones. */
        List<String> commands() {
            return text.lines()
                    .map(l -> l.replaceAll("(^|\\s+)#( .*|$)", ""))
                    .filter(l -> !l.isBlank())
                    .toList();
        }
    }

    /** All Markdown files, relative to the top. */
    static List<String> all() {
        List<String> out = new ArrayList<>();
        try {
            Files.walkFileTree(TOP, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) {
                    String name = String.valueOf(folder.getFileName());
                    boolean skipped = !folder.equals(TOP)
                            && (name.startsWith(".") || name.equals("target") || name.equals("node_modules"));
                    return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
                    if (file.toString().endsWith(".md")) {
                        out.add(TOP.relativize(file).toString());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.stream().sorted().toList();
    }

    static String text(String document) {
        try {
            return Files.readString(TOP.resolve(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From a heading to the next one of its level or above. */
    static String section(String document, String heading) {
        StringBuilder out = new StringBuilder();
        int level = 0;
        boolean fenced = false;
        for (String line : text(document).lines().toList()) {
            fenced ^= FENCE.matcher(line).matches();
            int hashes = !fenced && HEADING.matcher(line).matches() ? line.indexOf(' ') : 0;
            if (level > 0 && hashes > 0 && hashes <= level) {
                break;
            }
            if (hashes > 0 && line.substring(hashes + 1).equals(heading)) {
                level = hashes;
            }
            if (level > 0) {
                out.append(line).append('\n');
            }
        }
        if (level == 0) {
            throw new AssertionError(document + " has no section " + heading);
        }
        return out.toString();
    }

    /** All blocks but those that are the output of another. */
    static List<Block> blocks(String document) {
        List<Block> out = new ArrayList<>();
        List<String> lines = text(document).lines().toList();
        String section = "";
        Block open = null;
        boolean adjacent = false;
        for (int i = 0; i < lines.size(); i++) {
            var heading = HEADING.matcher(lines.get(i));
            var fence = FENCE.matcher(lines.get(i));
            if (heading.matches()) {
                section = heading.group(1);
            }
            if (!fence.matches()) {
                adjacent &= lines.get(i).isBlank();
                continue;
            }
            int from = i + 1;
            do {
                i++;
            } while (!lines.get(i).strip().equals("```"));
            String text = String.join("\n", lines.subList(from, i)) + "\n";
            if (fence.group(1).equals("text") && adjacent && open != null) {
                out.set(
                        out.size() - 1,
                        new Block(document, open.line, open.section, open.language, open.text, Optional.of(text)));
                open = null;
            } else {
                open = new Block(document, from + 1, section, fence.group(1), text, Optional.empty());
                out.add(open);
            }
            adjacent = true;
        }
        return out;
    }

    /** The anchors of a document's headings, as GitHub makes them. */
    static List<String> anchors(String document) {
        List<String> out = new ArrayList<>();
        boolean fenced = false;
        for (String line : text(document).lines().toList()) {
            fenced ^= FENCE.matcher(line).matches();
            var heading = HEADING.matcher(line);
            if (!fenced && heading.matches()) {
                String anchor = heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
                String unique = anchor;
                for (int n = 1; out.contains(unique); n++) {
                    unique = anchor + "-" + n;
                }
                out.add(unique);
            }
        }
        return out;
    }
}
