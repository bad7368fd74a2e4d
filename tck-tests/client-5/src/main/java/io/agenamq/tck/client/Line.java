// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One line of the conversation between a test and a client process: a word and named values, as text that a person can read.
 *
 * <p>Example: {@code answer call=7 queue=room-a%40broker%2F3 offset=12}. Names are plain words; values are percent-encoded, so that a
 * value may itself be a list of lines. Not thread-safe while it is being filled.
 */
public final class Line {

    private final String word;
    private final Map<String, String> values = new LinkedHashMap<>();

    private Line(String word) {
        this.word = word;
    }

    public static Line of(String word) {
        return new Line(word);
    }

    /** Adds a value; null adds nothing. */
    public Line with(String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value.toString());
        }
        return this;
    }

    /** Adds a list of lines as one value. */
    public Line withLines(String name, List<Line> lines) {
        var text = new StringBuilder();
        for (Line line : lines) {
            text.append(line).append('\n');
        }
        return with(name, text);
    }

    /** Adds a map as one value, read back by {@link #map}. */
    public Line withMap(String name, Map<String, String> map) {
        var line = Line.of("map");
        map.forEach((key, value) -> line.with(encode(key), value));
        return with(name, line);
    }

    public static Line parse(String text) {
        String[] parts = text.strip().split(" ");
        var line = new Line(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("not name=value: '" + parts[i] + "' in: " + text);
            }
            line.values.put(parts[i].substring(0, equals), decode(parts[i].substring(equals + 1)));
        }
        return line;
    }

    public String word() {
        return word;
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public @Nullable String textOrNull(String name) {
        return values.get(name);
    }

    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new NoSuchElementException("no '" + name + "' in: " + this);
        }
        return value;
    }

    public String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    public int number(String name) {
        return Integer.parseInt(text(name));
    }

    public int number(String name, int otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    public long longNumber(String name) {
        return Long.parseLong(text(name));
    }

    public boolean flag(String name) {
        return Boolean.parseBoolean(values.get(name));
    }

    public List<Line> lines(String name) {
        List<Line> lines = new ArrayList<>();
        for (String line : text(name).split("\n")) {
            if (!line.isEmpty()) {
                lines.add(parse(line));
            }
        }
        return lines;
    }

    public Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        parse(text(name)).values.forEach((key, value) -> map.put(decode(key), value));
        return map;
    }

    public void forEach(BiConsumer<String, String> visitor) {
        values.forEach(visitor);
    }

    @Override
    public String toString() {
        var text = new StringBuilder(word);
        values.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append(encode(value)));
        return text.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
