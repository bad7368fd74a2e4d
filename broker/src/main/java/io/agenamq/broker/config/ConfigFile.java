// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.BiConsumer;

/** A {@code broker.conf}: Java properties, read with the line number of every entry so that a mistake can be pointed at. Immutable. */
public final class ConfigFile {

    /** A configuration file beyond this size is not one. */
    private static final long FILE_BYTES_MAX = 1024 * 1024;

    private final String name;
    private final List<Entry> entries;

    private ConfigFile(String name, List<Entry> entries) {
        this.name = name;
        this.entries = entries;
    }

    /** Reads {@code path}; a missing or unreadable file is a {@link ConfigException} of one line. */
    public static ConfigFile read(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw new ConfigException("cannot read " + path + ": it is a directory");
            }
            if (Files.size(path) > FILE_BYTES_MAX) {
                throw new ConfigException("cannot read " + path + ": it is larger than " + FILE_BYTES_MAX + " bytes");
            }
            return parse(path.getFileName().toString(), Files.readString(path, StandardCharsets.UTF_8));
        } catch (NoSuchFileException missing) {
            throw new ConfigException("cannot read " + path + ": there is no such file");
        } catch (AccessDeniedException denied) {
            throw new ConfigException("cannot read " + path + ": permission denied");
        } catch (CharacterCodingException notText) {
            throw new ConfigException("cannot read " + path + ": it is not UTF-8 text");
        } catch (IOException failed) {
            throw new ConfigException("cannot read " + path + ": " + failed.getMessage());
        }
    }

    /** Reads {@code text} as the content of a file called {@code name}. */
    public static ConfigFile parse(String name, String text) {
        List<Entry> entries = new ArrayList<>();
        String[] lines = text.split("\r\n|\r|\n", -1);
        for (int i = 0; i < lines.length; i++) {
            int first = i + 1;
            StringBuilder logical = new StringBuilder(lines[i]);
            // A line that ends in an odd number of backslashes goes on in the next one (java.util.Properties), unless
            // it is a comment.
            while (!isComment(lines[i]) && endsInContinuation(lines[i]) && i + 1 < lines.length) {
                i++;
                logical.append('\n').append(lines[i]);
            }
            entries.addAll(read(name, logical.toString(), first));
        }
        return new ConfigFile(name, List.copyOf(entries));
    }

    /** The file's name without its folder. */
    public String name() {
        return name;
    }

    /** Every key with its value, in file order. */
    public void forEach(BiConsumer<String, String> visitor) {
        entries.forEach(entry -> visitor.accept(entry.key, entry.value));
    }

    List<Entry> entries() {
        return entries;
    }

    private static boolean isComment(String line) {
        String text = line.stripLeading();
        return text.startsWith("#") || text.startsWith("!");
    }

    private static boolean endsInContinuation(String line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static List<Entry> read(String name, String logicalLine, int line) {
        Properties one = new Properties();
        try {
            one.load(new StringReader(logicalLine));
        } catch (IOException | IllegalArgumentException malformed) {
            throw new ConfigException(name + " line " + line + ": " + malformed.getMessage());
        }
        List<Entry> entries = new ArrayList<>(1);
        for (String key : one.stringPropertyNames()) {
            entries.add(new Entry(key, one.getProperty(key), line));
        }
        return entries;
    }

    /** One key with its value and the line, from 1, where it starts. */
    record Entry(String key, String value, int line) {}
}
