// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

import io.agenamq.tck.server.Distribution;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the command line asks for, {@code --name value}; every option has a default that is the full measurement. */
final class Options {

    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("rounds", "5");
        DEFAULTS.put("warmup", "5");
        DEFAULTS.put("seconds", "10");
        DEFAULTS.put("flush", "async,sync");
        DEFAULTS.put("threads", "1,8,64");
        DEFAULTS.put("size", "1024");
        DEFAULTS.put("batch", "32");
        DEFAULTS.put("window", "1024");
        DEFAULTS.put("rates", "1000,5000");
        DEFAULTS.put("messages", "2000000");
        DEFAULTS.put("megabytes", "10240");
        DEFAULTS.put("topics", "10000");
        DEFAULTS.put("clients", "10");
        // Seconds of warm-up of the first round of a figure of Jakarta Messaging, in which both processes are cold.
        DEFAULTS.put("cold", "20");
        DEFAULTS.put("producers", "1,8");
        DEFAULTS.put("modes", "auto,client,dups-ok,transacted");
        DEFAULTS.put("askers", "1,8");
        DEFAULTS.put("subscribers", "10,100");
        DEFAULTS.put("backlog", "5000000");
        DEFAULTS.put("queues", "1000");
        DEFAULTS.put("correlating", "10,10000");
        DEFAULTS.put("lives", "1000");
        DEFAULTS.put("load-jvm", "");
        DEFAULTS.put("heap", "512m");
        DEFAULTS.put("only", "");
        DEFAULTS.put("data", Path.of("bench", "target", "data").toString());
    }

    private final Map<String, String> values = new LinkedHashMap<>(DEFAULTS);

    private Options() {}

    /** @throws IllegalArgumentException with one line for people */
    static Options parse(String[] arguments, int from) {
        var options = new Options();
        for (int i = from; i < arguments.length; i += 2) {
            String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
            if (!DEFAULTS.containsKey(name) || i + 1 == arguments.length) {
                throw new IllegalArgumentException(
                        "what is '" + arguments[i] + "'? Options, with their defaults: " + help());
            }
            options.values.put(name, arguments[i + 1]);
        }
        return options;
    }

    static String help() {
        return DEFAULTS.entrySet().stream()
                .map(option -> "--" + option.getKey() + " " + (option.getValue().isEmpty() ? "''" : option.getValue()))
                .collect(Collectors.joining(" "));
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name);
        }
        return value;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    long longNumber(String name) {
        return Long.parseLong(text(name));
    }

    List<String> list(String name) {
        return List.of(text(name).split(","));
    }

    List<Integer> numbers(String name) {
        return list(name).stream().map(Integer::valueOf).collect(Collectors.toList());
    }

    /** Who takes part: both, or only the one that is named. */
    List<Distribution> contenders() {
        return Arrays.stream(Distribution.values())
                .filter(one -> text("only").isEmpty() || one.name().equalsIgnoreCase(text("only")))
                .collect(Collectors.toList());
    }
}
