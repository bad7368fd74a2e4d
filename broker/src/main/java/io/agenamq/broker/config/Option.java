// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

/**
 * One declared option: its name is what stands in {@code broker.conf}; parsing, checking, help text and {@code docs/options.md} come from
 * here and from nowhere else. Immutable.
 *
 * @param <T> the value's type
 */
public final class Option<T> {

    private final String name;
    private final boolean rocketmqKey;
    private final OptionType<T> type;
    private final T defaultValue;
    private final String sentence;
    private final boolean changeable;

    private Option(
            String name, boolean rocketmqKey, OptionType<T> type, T defaultValue, String sentence, boolean changeable) {
        this.name = name;
        this.rocketmqKey = rocketmqKey;
        this.type = type;
        this.defaultValue = defaultValue;
        this.sentence = sentence;
        this.changeable = changeable;
    }

    /** An option that RocketMQ has under the same name, with the same meaning and unit. */
    static <T> Option<T> rocketmq(String name, OptionType<T> type, T defaultValue, String sentence) {
        return new Option<>(name, true, type, defaultValue, sentence, false);
    }

    /** An option that RocketMQ does not have. */
    static <T> Option<T> own(String name, OptionType<T> type, T defaultValue, String sentence) {
        return new Option<>(name, false, type, defaultValue, sentence, false);
    }

    /** The same option, declared as one that a running broker may change. */
    Option<T> changeableWhileRunning() {
        return new Option<>(name, rocketmqKey, type, defaultValue, sentence, true);
    }

    /** The key in {@code broker.conf}. */
    public String name() {
        return name;
    }

    /** Whether RocketMQ knows the same key. */
    public boolean isRocketmqKey() {
        return rocketmqKey;
    }

    /** The environment variable that sets it: {@code listenPort} is {@code AGENA_LISTEN_PORT}. */
    public String environmentName() {
        StringBuilder snake = new StringBuilder("AGENA");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean startsWord = i == 0
                    || (Character.isUpperCase(c) && !Character.isUpperCase(name.charAt(i - 1)))
                    || (Character.isUpperCase(c) && i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1)));
            if (startsWord) {
                snake.append('_');
            }
            snake.append(Character.toUpperCase(c));
        }
        return snake.toString();
    }

    /** Type and unit for people. */
    public String typeName() {
        return type.name();
    }

    /** Allowed values for people; may be empty. */
    public String range() {
        return type.range();
    }

    /** The default as text. */
    public String defaultText() {
        return type.write(defaultValue);
    }

    /** One sentence: what it is for. */
    public String sentence() {
        return sentence;
    }

    /** Whether a running broker takes a new value (request 25, {@code agena config set}). */
    public boolean isChangeableWhileRunning() {
        return changeable;
    }

    T defaultValue() {
        return defaultValue;
    }

    /** The checked value of {@code text}; a {@link ConfigException} names {@code where} it stands. */
    T read(String text, Origin where) {
        try {
            return type.read(text);
        } catch (IllegalArgumentException bad) {
            throw new ConfigException(
                    where.text() + ": " + name + "=" + shortened(text) + " is not valid: " + bad.getMessage());
        }
    }

    String write(T value) {
        return type.write(value);
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    @Override
    public String toString() {
        return name;
    }
}
