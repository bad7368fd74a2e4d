// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.Header;
import io.agenamq.protocol.json.JsonReader;
import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes any command with random content, from the shape of its record. One generator for all tests, so that a new command is tested as soon
 * as it exists.
 */
public final class RandomCommands {

    private static final int TEXT_LENGTH_MAX = 24;
    private static final int COUNT_MAX = 4;

    private RandomCommands() {}

    /** Every record of this package that is a header and reads itself from fields. */
    public static List<Class<?>> headers() {
        return records().stream()
                .filter(type -> Header.class.isAssignableFrom(type) && reader(type, Fields.class) != null)
                .toList();
    }

    /** Every record of this package that is a JSON body. */
    static List<Class<?>> bodies() {
        return records().stream()
                .filter(type -> JsonBody.class.isAssignableFrom(type)
                        && (reader(type, ByteBuffer.class) != null || reader(type, JsonReader.class) != null))
                .toList();
    }

    private static List<Class<?>> records() {
        try {
            URI uri = RequestCode.class.getResource("RequestCode.class").toURI();
            List<Class<?>> records = new ArrayList<>();
            try (Stream<Path> files = Files.list(Path.of(uri).getParent())) {
                for (String file : files.map(path -> path.getFileName().toString())
                        .sorted()
                        .toList()) {
                    if (file.endsWith(".class") && !file.contains("-")) {
                        Class<?> type = Class.forName(RequestCode.class.getPackageName() + "."
                                + file.substring(0, file.length() - ".class".length()));
                        // The Jakarta extension has codecs and tests of its own.
                        if (type.isRecord() && !type.getSimpleName().startsWith("Jms")) {
                            records.add(type);
                        }
                    }
                }
            }
            return records;
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The static method that reads such a record, or null. */
    static @Nullable Method reader(Class<?> type, Class<?> from) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method ->
                        method.getName().equals("readFrom") || method.getName().equals("parse"))
                .filter(method -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {from}))
                .findFirst()
                .orElse(null);
    }

    /** Reads a record with one of its readers; what the reader throws is thrown. */
    public static Object read(Class<?> type, Class<?> from, Object argument) {
        try {
            return reader(type, from).invoke(null, argument);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A record of that type with random content. */
    public static Object random(Class<?> type, Random random) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(components[i], random);
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type, e);
        }
    }

    private static @Nullable Object value(RecordComponent component, Random random) {
        if (component.getName().equals("groupRetryPolicy")) {
            return random.nextBoolean() ? null : "{\"type\":\"CUSTOMIZED\",\"next\":[1,2]}";
        }
        AnnotatedType type = component.getAnnotatedType();
        if (type.isAnnotationPresent(Nullable.class) && random.nextBoolean()) {
            return null;
        }
        return value(component.getGenericType(), random);
    }

    private static Object value(Type type, Random random) {
        if (type instanceof ParameterizedType generic) {
            return collection((Class<?>) generic.getRawType(), generic.getActualTypeArguments(), random);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == String.class) {
            return text(random);
        } else if (plain == int.class || plain == Integer.class) {
            return (int) number(random);
        } else if (plain == long.class || plain == Long.class) {
            return number(random);
        } else if (plain == boolean.class) {
            return random.nextBoolean();
        } else if (plain == double.class) {
            return random.nextInt(1000) / 8.0;
        } else if (plain == ByteBuffer.class) {
            return ByteBuffer.wrap(text(random).getBytes(StandardCharsets.UTF_8));
        } else if (plain.isEnum()) {
            return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
        } else if (plain.isRecord()) {
            return random(plain, random);
        }
        throw new IllegalStateException("no random " + type);
    }

    private static Object collection(Class<?> raw, Type[] of, Random random) {
        int count = random.nextInt(COUNT_MAX);
        if (raw == Map.class || raw == SortedMap.class) {
            Map<Object, Object> map = raw == SortedMap.class ? new TreeMap<>() : new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                map.put(value(of[0], random), value(of[1], random));
            }
            return map;
        }
        Collection<Object> values = raw == Set.class ? new LinkedHashSet<>() : new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(value(of[0], random));
        }
        return values;
    }

    private static long number(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(10);
            case 1 -> -1;
            case 2 -> random.nextLong();
            case 3 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
            default -> random.nextInt();
        };
    }

    /** Mostly what names look like, sometimes what hurts: control characters, quotes, other scripts, nothing at all. */
    static String text(Random random) {
        int length = random.nextInt(TEXT_LENGTH_MAX);
        StringBuilder text = new StringBuilder();
        boolean plain = random.nextInt(3) > 0;
        for (int i = 0; i < length; i++) {
            int point = plain ? "abcTopic%RETRY-_0189".charAt(random.nextInt(20)) : random.nextInt(0x3000);
            text.appendCodePoint(!plain && random.nextInt(8) == 0 ? 0x1F600 + random.nextInt(64) : point);
        }
        return text.toString();
    }
}
