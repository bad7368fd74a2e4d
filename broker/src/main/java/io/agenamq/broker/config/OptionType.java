// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import io.agenamq.remoting.HostPort;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How the text of an option becomes a checked value, and back.
 *
 * @param <T> the value's type
 */
final class OptionType<T> {

    private final String name;
    private final String range;
    private final Function<String, T> reader;
    private final Function<T, String> writer;

    private OptionType(String name, String range, Function<String, T> reader, Function<T, String> writer) {
        this.name = name;
        this.range = range;
        this.reader = reader;
        this.writer = writer;
    }

    /** What the option table calls it, with the unit: {@code whole number}, {@code milliseconds}, {@code bytes}. */
    String name() {
        return name;
    }

    /** The allowed values for people; empty if any. */
    String range() {
        return range;
    }

    /** Reads {@code text}; throws {@link IllegalArgumentException} whose message completes the sentence "… is not valid: ". */
    T read(String text) {
        return reader.apply(text.strip());
    }

    /** The text that {@link #read} turns into {@code value} again. */
    String write(T value) {
        return writer.apply(value);
    }

    static OptionType<String> text() {
        return new OptionType<>("text", "", text -> text, value -> value);
    }

    /** A name that travels in topic names and registrations: letters, digits, {@code -}, {@code _}, {@code .}. */
    static OptionType<String> identifier() {
        return new OptionType<>(
                "name",
                "1 to 100 of A-Z a-z 0-9 - _ .",
                text -> {
                    check(text.matches("[A-Za-z0-9_.-]{1,100}"), "use 1 to 100 of A-Z a-z 0-9 - _ .");
                    return text;
                },
                value -> value);
    }

    /**
     * Name of a broker: as {@link #identifier}, and {@code @}, by which clients that allocate by machine room split it into the room and the
     * rest.
     */
    static OptionType<String> brokerName() {
        return new OptionType<>(
                "name",
                "1 to 100 of A-Z a-z 0-9 - _ . @",
                text -> {
                    check(text.matches("[A-Za-z0-9_.@-]{1,100}"), "use 1 to 100 of A-Z a-z 0-9 - _ . @");
                    return text;
                },
                value -> value);
    }

    static OptionType<Boolean> flag() {
        return new OptionType<>(
                "true or false",
                "",
                text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("use true or false");
                },
                value -> value.toString());
    }

    static OptionType<Integer> whole(int min, int max) {
        return new OptionType<>(
                "whole number",
                min + " to " + max,
                text -> (int) number(text, min, max),
                value -> Integer.toString(value));
    }

    static OptionType<Long> bigWhole(long min, long max) {
        String range = max == Long.MAX_VALUE ? min + " or more" : min + " to " + max;
        return new OptionType<>("whole number", range, text -> number(text, min, max), value -> Long.toString(value));
    }

    /** A number of bytes; {@code 64k}, {@code 64M} and {@code 1g} are understood, too. */
    static OptionType<Long> bytes(long min, long max) {
        return new OptionType<>(
                "bytes",
                min + " to " + max,
                text -> {
                    String digits = text;
                    long unit = 1;
                    if (!text.isEmpty()) {
                        int shift =
                                switch (Character.toLowerCase(text.charAt(text.length() - 1))) {
                                    case 'k' -> 10;
                                    case 'm' -> 20;
                                    case 'g' -> 30;
                                    default -> 0;
                                };
                        unit = 1L << shift;
                        digits = shift == 0 ? text : text.substring(0, text.length() - 1);
                    }
                    long count = number(digits, 0, Long.MAX_VALUE >> 30);
                    return number(Long.toString(count * unit), min, max);
                },
                value -> Long.toString(value));
    }

    /** A span of time written as a plain number of {@code unit}, as RocketMQ's key has it. */
    static OptionType<Duration> span(Unit unit, long min, long max) {
        return new OptionType<>(
                unit.label,
                min + " to " + max,
                text -> Duration.ofMillis(number(text, min, max) * unit.millis),
                value -> Long.toString(value.toMillis() / unit.millis));
    }

    static <E extends Enum<E>> OptionType<E> oneOf(Class<E> values) {
        String names = Arrays.stream(values.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
        return new OptionType<>(
                "one of",
                names,
                text -> {
                    for (E value : values.getEnumConstants()) {
                        if (value.name().equalsIgnoreCase(text)) {
                            return value;
                        }
                    }
                    throw new IllegalArgumentException("use one of " + names);
                },
                Enum::name);
    }

    /** Addresses {@code HOST:PORT} separated by {@code ;} (RocketMQ) or {@code ,}; may be empty. */
    static OptionType<List<HostPort>> addresses() {
        return new OptionType<>(
                "addresses",
                "HOST:PORT;HOST:PORT;…",
                text -> {
                    List<HostPort> addresses = new ArrayList<>();
                    for (String one : text.split("[;,]")) {
                        if (!one.isBlank()) {
                            addresses.add(HostPort.parse(one.strip()));
                        }
                    }
                    return List.copyOf(addresses);
                },
                value -> value.stream().map(a -> a.host() + ":" + a.port()).collect(Collectors.joining(";")));
    }

    /** Hours of the day separated by {@code ;}, as RocketMQ writes them: {@code 04;16}. */
    static OptionType<Set<Integer>> hours() {
        return new OptionType<>(
                "hours",
                "0 to 23, separated by ;",
                text -> {
                    Set<Integer> hours = new TreeSet<>();
                    for (String hour : text.split("[;,]")) {
                        hours.add((int) number(hour, 0, 23));
                    }
                    return Set.copyOf(hours);
                },
                value -> value.stream()
                        .sorted()
                        .map(hour -> String.format("%02d", hour))
                        .collect(Collectors.joining(";")));
    }

    /** A directory; {@code ~} at the start is left to {@link BrokerConfig}, which knows the home directory. */
    static OptionType<String> path() {
        return new OptionType<>(
                "path",
                "",
                text -> {
                    check(!text.isEmpty(), "name a directory");
                    try {
                        return Path.of(text).toString();
                    } catch (InvalidPathException bad) {
                        throw new IllegalArgumentException(bad.getReason(), bad);
                    }
                },
                value -> value);
    }

    private static long number(String text, long min, long max) {
        long value;
        try {
            value = Long.parseLong(text.strip());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("it is not a whole number", notANumber);
        }
        check(value >= min && value <= max, "allowed is " + min + " to " + max);
        return value;
    }

    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Units that RocketMQ's keys are written in. */
    enum Unit {
        MILLISECONDS("milliseconds", 1),
        SECONDS("seconds", 1_000),
        HOURS("hours", 3_600_000);

        private final String label;
        private final long millis;

        Unit(String label, long millis) {
            this.label = label;
            this.millis = millis;
        }
    }
}
