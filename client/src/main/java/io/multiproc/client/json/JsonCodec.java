package io.multiproc.client.json;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.multiproc.client.Codec;
import io.multiproc.client.SerializationException;
import io.multiproc.client.SharedClasses;

/**
 * Objects of user classes as JSON: <code>{"class":"com.acme.Order","value":{…}}</code>, where the class is the stored name of one that the options register or
 * allow, and the value what Jackson makes of the object. Programs in any language can read it. What may change in a class is decided by Jackson
 * and its annotations. Thread-safe. Needs {@code com.fasterxml.jackson.core:jackson-databind}, which the client does not bring along.
 */
public final class JsonCodec implements Codec {
    private static final int ID = 4;

    private final ObjectMapper mapper;

    private JsonCodec(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * {@return a codec with the Jackson modules that are on the class path, dates as texts, and unknown properties ignored}
     */
    public static JsonCodec create() {
        return new JsonCodec(JsonMapper.builder()
                .findAndAddModules()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build());
    }

    /**
     * {@return a codec that uses a mapper of the program's}
     *
     * @param mapper the mapper; not changed any more
     */
    @SuppressWarnings("exports") // a program that calls it requires Jackson's module itself
    public static JsonCodec of(ObjectMapper mapper) {
        return new JsonCodec(mapper);
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public byte[] encode(Object object, SharedClasses classes) throws Exception {
        Class<?> type = object instanceof Enum<?> e ? e.getDeclaringClass() : object.getClass();
        ObjectNode node = mapper.createObjectNode();
        node.put("class", classes.nameOf(type));
        node.set("value", mapper.valueToTree(object));
        return mapper.writeValueAsBytes(node);
    }

    @Override
    public Object decode(byte[] bytes, SharedClasses classes) throws Exception {
        JsonNode node = mapper.readTree(bytes);
        JsonNode name = node.path("class");
        JsonNode value = node.path("value");
        if (!name.isTextual() || value.isMissingNode()) {
            throw SerializationException.reading(
                    "a received JSON object is not of the form {\"class\": name, \"value\": content}", null);
        }
        Object object = mapper.treeToValue(value, classes.named(name.textValue()));
        if (object == null) {
            throw SerializationException.reading(
                    "a received JSON object of class " + name.textValue() + " is null", null);
        }
        return object;
    }
}
