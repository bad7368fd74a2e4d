// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The effective values of an {@link OptionTable}, each with its {@link Origin}. Sources in rising precedence: default, configuration file,
 * environment ({@code AGENA_LISTEN_PORT}), flag. Complete, checked and immutable; {@link #with} makes a changed copy.
 */
public final class Settings {

    private static final String ENVIRONMENT_PREFIX = "AGENA_";
    /** Variables that start like ours and are read by the launcher script. */
    private static final List<String> LAUNCHER_VARIABLES =
            List.of("AGENA_HOME", "AGENA_JAVA_OPTS", "AGENA_CONF", "AGENA_LOG");
    /** RocketMQ's own variable for the name servers. */
    private static final String NAMESRV_ADDR = "NAMESRV_ADDR";

    private final OptionTable table;
    private final Map<String, Value> values;
    private final List<String> ignored;

    private Settings(OptionTable table, Map<String, Value> values, List<String> ignored) {
        this.table = table;
        this.values = values;
        this.ignored = ignored;
    }

    /**
     * Puts the sources together.
     *
     * @param table which options there are
     * @param file the configuration file, if one was named
     * @param environment variables of the process; those that start with {@code AGENA_} and are unknown are errors
     * @param flags option name to value and the flag it was written as, e.g. {@code listenPort → ("9000", "--listen")}
     */
    public static Settings of(
            OptionTable table,
            @Nullable ConfigFile file,
            Map<String, String> environment,
            Map<String, FlagValue> flags) {
        Map<String, Value> values = new HashMap<>();
        List<String> ignored = new ArrayList<>();
        if (file != null) {
            readFile(table, file, values, ignored);
        }
        readEnvironment(table, environment, values);
        flags.forEach((name, flag) -> put(table, values, name, flag.value(), new Origin(flag.flag())));
        return new Settings(table, values, Collections.unmodifiableList(ignored));
    }

    /** Everything at its default. */
    public static Settings defaults(OptionTable table) {
        return of(table, null, Map.of(), Map.of());
    }

    /** The value of a declared option. */
    public <T> T get(Option<T> option) {
        Value value = values.get(option.name());
        if (value == null) {
            return option.defaultValue();
        }
        @SuppressWarnings("unchecked") // put() stores under an option's name only what that option read
        T typed = (T) value.value();
        return typed;
    }

    /** Where the value of {@code option} comes from. */
    public Origin origin(Option<?> option) {
        Value value = values.get(option.name());
        return value == null ? Origin.DEFAULT : value.origin();
    }

    /** Keys of RocketMQ that stand in the file and have no effect, in file order. */
    public List<String> ignoredKeys() {
        return ignored;
    }

    /** The options these settings belong to. */
    public OptionTable table() {
        return table;
    }

    /** Every option's name and effective value as text, in documentation order. */
    public Map<String, String> asText() {
        Map<String, String> text = new LinkedHashMap<>();
        for (Option<?> option : table.options()) {
            text.put(option.name(), write(option));
        }
        return text;
    }

    /** The effective configuration for people: {@code key = value   # origin}, one line per option. */
    public List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (Option<?> option : table.options()) {
            lines.add(option.name() + " = " + write(option) + "   # "
                    + origin(option).text());
        }
        return lines;
    }

    /**
     * A copy with changed values, as a running broker takes them: every key must be known and declared as changeable.
     *
     * @throws ConfigException naming the first key that is not
     */
    public Settings with(Map<String, String> changes) {
        Map<String, Value> changed = new HashMap<>(values);
        changes.forEach((name, text) -> {
            Option<?> option = table.option(name);
            if (option == null) {
                throw new ConfigException(unknown(table, name, Origin.WHILE_RUNNING.text()));
            }
            if (!option.isChangeableWhileRunning()) {
                throw new ConfigException(
                        name + " cannot be changed while running: set it in the configuration file and restart");
            }
            put(table, changed, name, text, Origin.WHILE_RUNNING);
        });
        return new Settings(table, changed, ignored);
    }

    private <T> String write(Option<T> option) {
        return option.write(get(option));
    }

    private static void readFile(OptionTable table, ConfigFile file, Map<String, Value> values, List<String> ignored) {
        Map<String, ConfigFile.Entry> seen = new HashMap<>();
        for (ConfigFile.Entry entry : file.entries()) {
            Origin origin = Origin.file(file.name(), entry.line());
            ConfigFile.Entry earlier = seen.put(entry.key(), entry);
            if (earlier != null && !earlier.value().equals(entry.value())) {
                throw new ConfigException(origin.text() + ": " + entry.key() + " has another value in line "
                        + earlier.line() + "; remove one of them");
            }
            OptionTable.Unavailable unavailable = table.unavailableKeys().get(entry.key());
            if (unavailable != null) {
                if (!unavailable.allowedValues().contains(entry.value().strip())) {
                    throw new ConfigException(
                            origin.text() + ": " + entry.key() + "=" + entry.value() + ": " + unavailable.why());
                }
            } else if (table.ignores(entry.key())) {
                ignored.add(entry.key());
            } else {
                put(table, values, entry.key(), entry.value(), origin);
            }
        }
    }

    private static void readEnvironment(OptionTable table, Map<String, String> environment, Map<String, Value> values) {
        Map<String, String> namesByVariable = new HashMap<>();
        for (Option<?> option : table.options()) {
            namesByVariable.put(option.environmentName(), option.name());
        }
        String nameServers = environment.get(NAMESRV_ADDR);
        if (nameServers != null && table.option("namesrvAddr") != null) {
            put(table, values, "namesrvAddr", nameServers, Origin.environment(NAMESRV_ADDR));
        }
        for (String variable : new TreeSet<>(environment.keySet())) {
            if (!variable.startsWith(ENVIRONMENT_PREFIX) || LAUNCHER_VARIABLES.contains(variable)) {
                continue;
            }
            String name = namesByVariable.get(variable);
            if (name != null) {
                put(table, values, name, environment.get(variable), Origin.environment(variable));
            } else if (!OptionTables.isVariable(variable)) {
                throw new ConfigException("environment " + variable + ": there is no such option"
                        + table.nearest(variable.substring(ENVIRONMENT_PREFIX.length())
                                        .replace("_", ""))
                                .flatMap(near -> Optional.ofNullable(table.option(near)))
                                .map(near -> "; did you mean " + near.environmentName() + "?")
                                .orElse("; see docs/options.md"));
            }
        }
    }

    private static void put(
            OptionTable table, Map<String, Value> values, String name, @Nullable String text, Origin origin) {
        Option<?> option = table.option(name);
        if (option == null) {
            throw new ConfigException(unknown(table, name, origin.text()));
        }
        values.put(name, new Value(option.read(text == null ? "" : text, origin), origin));
    }

    private static String unknown(OptionTable table, String key, String where) {
        return where + ": there is no option '" + key + "'"
                + table.nearest(key).map(near -> "; did you mean " + near + "?").orElse("; see docs/options.md");
    }

    /** A flag's value and the flag's spelling, for messages. */
    public record FlagValue(String value, String flag) {}

    private record Value(Object value, Origin origin) {}
}
