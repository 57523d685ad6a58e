package io.multiproc.tests.documents;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.multiproc.server.net.NodeAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files for Compose, Kubernetes and Helm are well-formed, and what has to agree within them and between them does. */
@Timeout(60)
class DeploymentFilesTest {
    private static final String NODES = "docker/kubernetes-nodes.yml";

    private static List<Map<String, Object>> parse(String text) {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        List<Map<String, Object>> out = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(strict)).loadAll(text)) {
            out.add(map(document));
        }
        return out;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) assertInstanceOf(Map.class, value);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) assertInstanceOf(List.class, value);
    }

    /** What is at a path of keys and of numbers of elements. */
    private static Object at(Object from, Object... path) {
        Object found = from;
        for (Object step : path) {
            found = step instanceof Integer i ? list(found).get(i) : map(found).get(step);
            assertNotNull(found, () -> "there is no " + List.of(path));
        }
        return found;
    }

    /** The objects of a file by kind and name. */
    private static Map<String, Map<String, Object>> objects(String text) {
        Map<String, Map<String, Object>> out = new TreeMap<>();
        for (Map<String, Object> object : parse(text)) {
            assertNotNull(object.get("apiVersion"));
            assertNull(out.put(object.get("kind") + " " + at(object, "metadata", "name"), object), "twice");
        }
        return out;
    }

    private static List<String> strings(Object value) {
        return list(value).stream().map(Object::toString).toList();
    }

    private static String option(List<String> arguments, String name) {
        assertEquals(arguments.indexOf(name), arguments.lastIndexOf(name), name + " is there twice");
        return arguments.get(arguments.indexOf(name) + 1);
    }

    /** Names and addresses of {@code --peers}. */
    private static Map<String, NodeAddress> peers(List<String> arguments) {
        Map<String, NodeAddress> out = new LinkedHashMap<>();
        for (String peer : option(arguments, "--peers").split(",")) {
            String[] parts = peer.split("=");
            assertEquals(2, parts.length, peer);
            assertNull(out.put(parts[0], NodeAddress.parse(parts[1])), peer);
        }
        return out;
    }

    // ---- the chart

    private static Map<String, Object> values() {
        return parse(Documents.text("docker/helm/values.yaml")).get(0);
    }

    private static String rendered(Map<String, Object> values) {
        Map<String, Object> root = Map.of("Values", values, "Release", Map.of("Name", "multiproc"));
        return ChartTemplate.render(Documents.text("docker/helm/templates/nodes.yaml"), root);
    }

    @Test
    void theChartGivesTheFile() {
        Map<String, Object> values = values();
        map(values.get("authkey")).put("value", "CHANGE-ME");
        assertEquals(objects(Documents.text(NODES)), objects(rendered(values)));
    }

    @Test
    void theChartsValuesDoSomething() {
        Map<String, Object> values = values();
        values.put("replicas", 5);
        values.put("extraArgs", List.of("--keys", "/run/a \"b\""));
        map(values.get("authkey")).put("existingSecret", "mine");
        map(values.get("storage")).put("className", "fast");
        map(values.get("image")).put("tag", "1.2.3");
        Map<String, Map<String, Object>> objects = objects(rendered(values));
        assertFalse(objects.containsKey("Secret multiproc-authkey"));
        Object set = at(objects, "StatefulSet multiproc", "spec");
        assertEquals(5, at(set, "replicas"));
        Object pod = at(set, "template", "spec");
        List<String> arguments = strings(at(pod, "containers", 0, "args"));
        assertEquals(5, peers(arguments).size());
        assertEquals("/run/a \"b\"", option(arguments, "--keys"));
        assertEquals("multiproc/manager:1.2.3", at(pod, "containers", 0, "image"));
        assertEquals("mine", at(pod, "volumes", 0, "secret", "secretName"));
        assertEquals("fast", at(set, "volumeClaimTemplates", 0, "spec", "storageClassName"));
    }

    @Test
    void theChartsSchemaKnowsItsValues() throws Exception {
        JsonNode schema = new ObjectMapper().readTree(Documents.text("docker/helm/values.schema.json"));
        assertSchema(schema, values(), Set.of("global"));
        assertEquals("[1,3,5]", schema.at("/properties/replicas/enum").toString());
    }

    private static void assertSchema(JsonNode schema, Map<String, Object> values, Set<String> more) {
        Set<String> known = new TreeSet<>();
        schema.get("properties").fieldNames().forEachRemaining(known::add);
        known.removeAll(more);
        assertEquals(known, new TreeSet<>(values.keySet()));
        assertFalse(schema.get("additionalProperties").asBoolean());
        values.forEach((name, value) -> {
            JsonNode inner = schema.get("properties").get(name);
            if (inner.has("properties")) {
                assertSchema(inner, map(value), Set.of());
            }
        });
    }

    @Test
    void theChartIsOfThisVersion() {
        Map<String, Object> chart =
                parse(Documents.text("docker/helm/Chart.yaml")).get(0);
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Documents.text("pom.xml"));
        assertTrue(version.find());
        assertEquals(version.group(1), chart.get("version"));
        assertEquals(version.group(1), chart.get("appVersion"));
    }

    // ---- Kubernetes

    @Test
    void nodesOfKubernetesFindEachOther() {
        Map<String, Map<String, Object>> objects = objects(Documents.text(NODES));
        Object set = at(objects, "StatefulSet multiproc", "spec");
        String service = at(set, "serviceName").toString();
        Object headless = at(objects, "Service " + service, "spec");
        assertEquals("None", at(headless, "clusterIP"));
        assertEquals(true, at(headless, "publishNotReadyAddresses"), "nodes need each other to become ready");
        Object container = at(set, "template", "spec", "containers", 0);
        List<String> arguments = strings(at(container, "args"));
        assertEquals("$(POD_NAME)", option(arguments, "--node"));
        Object name = list(at(container, "env")).stream()
                .filter(e -> at(e, "name").equals("POD_NAME"))
                .findFirst()
                .orElseThrow();
        assertEquals("metadata.name", at(name, "valueFrom", "fieldRef", "fieldPath"));
        Map<String, NodeAddress> expected = new LinkedHashMap<>();
        for (int i = 0; i < (Integer) at(set, "replicas"); i++) {
            expected.put("multiproc-" + i, new NodeAddress("multiproc-" + i + "." + service, 7000));
        }
        assertEquals(expected, peers(arguments));
        assertEquals("Parallel", at(set, "podManagementPolicy"), "the first one waits for a majority");
    }

    @Test
    void whatKubernetesSelectsIsThere() {
        Map<String, Map<String, Object>> objects = objects(Documents.text(NODES));
        Object set = at(objects, "StatefulSet multiproc", "spec");
        Object pod = at(set, "template", "spec");
        Object labels = at(set, "template", "metadata", "labels");
        assertEquals(labels, at(set, "selector", "matchLabels"));
        assertEquals(labels, at(pod, "topologySpreadConstraints", 0, "labelSelector", "matchLabels"));
        Object budget = at(objects, "PodDisruptionBudget multiproc", "spec");
        assertEquals(labels, at(budget, "selector", "matchLabels"));
        assertEquals(1, at(budget, "maxUnavailable"));
        Object container = at(pod, "containers", 0);
        Set<String> ports = new TreeSet<>();
        list(at(container, "ports")).forEach(p -> ports.add(at(p, "name").toString()));
        for (String service : List.of("multiproc", "multiproc-nodes")) {
            Object spec = at(objects, "Service " + service, "spec");
            assertEquals(labels, at(spec, "selector"));
            list(at(spec, "ports")).forEach(p -> assertTrue(ports.contains(at(p, "targetPort"))));
        }
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertEquals("metrics", at(container, probe, "httpGet", "port"));
            String path = at(container, probe, "httpGet", "path").toString();
            assertTrue(
                    Documents.section(Documents.OPERATIONS, "Metrics and health")
                            .contains("| `" + path + "` |"),
                    path);
        }
        assertEquals("tcp://0.0.0.0:9464", option(strings(at(container, "args")), "--metrics"));
        assertEquals(9464, at(container, "ports", 2, "containerPort"));
        assertEquals("/data/log", option(strings(at(container, "args")), "--data"));
        assertEquals("/data", at(container, "volumeMounts", 1, "mountPath"));
        assertEquals("data", at(set, "volumeClaimTemplates", 0, "metadata", "name"));
        Object secret = at(pod, "volumes", 0, "secret", "secretName");
        assertTrue(objects.containsKey("Secret " + secret));
        assertTrue((Integer) at(pod, "terminationGracePeriodSeconds") >= 10);
    }

    @Test
    void theFileForOneManagerIsWellFormed() {
        Map<String, Map<String, Object>> objects = objects(Documents.text("docker/kubernetes.yml"));
        assertEquals(
                Set.of("Secret multiproc-authkey", "Service multiproc", "StatefulSet multiproc"), objects.keySet());
    }

    // ---- Compose

    @Test
    void nodesOfComposeFindEachOther() {
        Map<String, Object> file =
                parse(Documents.text("docker/compose-nodes.yml")).get(0);
        Map<String, Object> services = map(file.get("services"));
        assertEquals(List.of("a", "b", "c"), List.copyOf(services.keySet()));
        Set<Object> published = new TreeSet<>();
        services.forEach((name, service) -> {
            List<String> arguments = strings(at(service, "command"));
            assertEquals(name, option(arguments, "--node"));
            Map<String, NodeAddress> peers = peers(arguments);
            assertEquals(services.keySet(), peers.keySet());
            peers.forEach((peer, address) -> assertEquals(new NodeAddress(peer, 7000), address));
            assertEquals(List.of(name + ":/data"), at(service, "volumes"));
            assertTrue(map(file.get("volumes")).containsKey(name));
            String port = at(service, "ports", 0).toString();
            assertTrue(port.startsWith("127.0.0.1:") && port.endsWith(":50000"), port);
            assertTrue(published.add(port));
            assertEquals(1, list(at(service, "ports")).size(), "the port of the nodes is theirs alone");
            assertTrue(map(at(service, "environment")).containsKey("MULTIPROC_AUTHKEY"));
        });
    }

    @Test
    void theFileForOneManagerOfComposeIsWellFormed() {
        Map<String, Object> file = parse(Documents.text("docker/compose.yml")).get(0);
        assertEquals(Set.of("manager", "ada", "bob"), map(file.get("services")).keySet());
    }
}
