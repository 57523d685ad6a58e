package io.multiproc.tests.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every relative link and anchor of the Markdown documents resolves, and every document can be reached from the README. */
@Timeout(60)
class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\((?!\\w+:)([^)\\s#]*)(?:#([^)\\s]+))?\\)");

    /** A link, resolved against the document in which it stands. */
    private record Link(String from, String path, String anchor) {
        @Override
        public String toString() {
            return from + ": " + path + (anchor.isEmpty() ? "" : "#" + anchor);
        }
    }

    private static List<Link> links(String document) {
        String text = Documents.text(document).replaceAll("(?s)```.*?```", "").replaceAll("`[^`\n]*`", "``");
        List<Link> out = new ArrayList<>();
        Matcher m = LINK.matcher(text);
        while (m.find()) {
            Path base = Path.of(document);
            String path = m.group(1).isEmpty()
                    ? document
                    : base.resolveSibling(m.group(1)).normalize().toString();
            out.add(new Link(document, path, m.group(2) == null ? "" : m.group(2)));
        }
        return out;
    }

    @Test
    void everyLinkResolves() {
        List<String> broken = new ArrayList<>();
        int checked = 0;
        for (String document : Documents.all()) {
            for (Link link : links(document)) {
                checked++;
                boolean there = !link.path.startsWith("..") && Files.exists(Documents.TOP.resolve(link.path));
                if (!there
                        || (!link.anchor.isEmpty()
                                && !Documents.anchors(link.path).contains(link.anchor))) {
                    broken.add(link.toString());
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(checked > 50, "only " + checked + " links found");
    }

    @Test
    void everyDocumentIsReachedFromTheReadme() {
        Set<String> reached = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(List.of(Documents.README));
        while (!next.isEmpty()) {
            String document = next.pop();
            if (reached.add(document)) {
                links(document).stream()
                        .map(Link::path)
                        .filter(p -> p.endsWith(".md"))
                        .forEach(next::push);
            }
        }
        assertEquals(new TreeSet<>(Documents.all()), reached);
    }

    @Test
    void anchorsAreMadeAsGitHubDoes() {
        assertTrue(Documents.anchors("protocol/PROTOCOL.md").contains("7-the-python-dialect"));
        assertTrue(Documents.anchors(Documents.PYTHON).contains("the-module-multiproc_names"));
        assertTrue(Documents.anchors(Documents.PYTHON).contains("what-differs-from-cpythons-own-server"));
    }
}
