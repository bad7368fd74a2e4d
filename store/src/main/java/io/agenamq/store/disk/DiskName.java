// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

/** The rule for names on a {@link Disk}. */
final class DiskName {

    private static final int PART_CHARS_MAX = 255;

    private DiskName() {}

    /** Returns {@code name} if it is one. */
    static String file(String name) {
        int partStart = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '/') {
                part(name, partStart, i);
                partStart = i + 1;
            } else if (!allowed(name.charAt(i))) {
                throw new IllegalArgumentException("file name with a character that is not allowed at index " + i);
            }
        }
        return name;
    }

    /** Like {@link #file}; the empty name is the root. */
    static String directory(String name) {
        return name.isEmpty() ? name : file(name);
    }

    private static void part(String name, int start, int end) {
        int length = end - start;
        boolean dots = length <= 2 && name.substring(start, end).chars().allMatch(c -> c == '.');
        if (length > PART_CHARS_MAX || dots) {
            throw new IllegalArgumentException(
                    "file name with a part that is empty, '.', '..' or longer than " + PART_CHARS_MAX);
        }
    }

    private static boolean allowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-'
                || c == '%';
    }
}
