// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.access;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Users and what their passwords are checked with. As text, one line each:
 *
 * <pre>
 *   # comment
 *   alice pbkdf2-sha256:600000:SALT:HASH
 * </pre>
 *
 * <p>Behind a name may stand several credentials, separated by blanks. Those of a kind that this version does not know (the key with which an
 * official RocketMQ client signs its requests cannot be a hash) are kept as they are. Immutable.
 */
public final class Users {

    /** Nobody. */
    public static final Users NONE = new Users(new TreeMap<>());

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

    /** What a line says, in the form in which it is written. */
    private record Entry(@Nullable PasswordHash password, String others) {}

    private final SortedMap<String, Entry> entries;

    private Users(SortedMap<String, Entry> entries) {
        this.entries = entries;
    }

    /**
     * Checks a name.
     *
     * @throws IllegalArgumentException if no user can have it
     */
    public static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a user's name has 1 to 64 letters, digits and . _ - @, and '" + printable(name) + "' has not");
        }
        return name;
    }

    /** A name from outside as it may stand in a line of the log. */
    static String printable(String name) {
        String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
        return shown.replaceAll("[^\\p{Graph} …]", "?");
    }

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException with the number of the line that is wrong; nothing secret is in the message
     */
    static Users parse(String text) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String said = line.strip();
            if (said.isEmpty() || said.startsWith("#")) {
                continue;
            }
            try {
                String[] words = said.split("\\s+");
                if (entries.put(requireName(words[0]), entry(words)) != null) {
                    throw new IllegalArgumentException("user " + words[0] + " stands there twice");
                }
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("line " + number + ": " + wrong.getMessage(), wrong);
            }
        }
        return new Users(entries);
    }

    private static Entry entry(String[] words) {
        PasswordHash password = null;
        StringBuilder others = new StringBuilder();
        for (int i = 1; i < words.length; i++) {
            if (words[i].startsWith(PasswordHash.SCHEME + ":")) {
                password = PasswordHash.parse(words[i]);
            } else {
                others.append(' ').append(words[i]);
            }
        }
        return new Entry(password, others.toString());
    }

    /** The text that {@link #parse} reads. */
    String text() {
        StringBuilder text =
                new StringBuilder("# Users of this broker, changed by 'agena user'. Nobody else may read this file.\n");
        entries.forEach((name, entry) -> {
            text.append(name);
            if (entry.password() != null) {
                text.append(' ').append(entry.password().text());
            }
            text.append(entry.others()).append('\n');
        });
        return text.toString();
    }

    /** The names, sorted. */
    public Collection<String> names() {
        return Collections.unmodifiableCollection(entries.keySet());
    }

    /** Whether there is nobody. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether there is a user of this name. */
    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** What the password of a user is checked with; null if there is no such user, or he has none. */
    @Nullable
    PasswordHash password(String name) {
        Entry entry = entries.get(name);
        return entry == null ? null : entry.password();
    }

    /** The most rounds that any password takes, or those of new ones if there is none. */
    int roundsMax() {
        return entries.values().stream()
                .map(Entry::password)
                .mapToInt(password -> password == null ? 0 : password.rounds())
                .max()
                .orElse(PasswordHash.ROUNDS);
    }

    /** The same with a new user, or with another password of one. */
    public Users with(String name, PasswordHash password) {
        SortedMap<String, Entry> changed = new TreeMap<>(entries);
        Entry before = entries.get(requireName(name));
        changed.put(name, new Entry(password, before == null ? "" : before.others()));
        return new Users(changed);
    }

    /** The same without a user. */
    public Users without(String name) {
        SortedMap<String, Entry> changed = new TreeMap<>(entries);
        changed.remove(name);
        return new Users(changed);
    }

    @Override
    public String toString() {
        return entries.size() + " users";
    }
}
