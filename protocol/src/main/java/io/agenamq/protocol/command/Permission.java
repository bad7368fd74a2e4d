// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

/** Bits of a topic's permission. */
public final class Permission {

    /** New topics may take their settings from this one. */
    public static final int INHERIT = 1;

    /** Producers may send. */
    public static final int WRITE = 2;

    /** Consumers may pull. */
    public static final int READ = 4;

    private Permission() {}

    /** Whether consumers may pull. */
    public static boolean readable(int perm) {
        return (perm & READ) != 0;
    }

    /** Whether producers may send. */
    public static boolean writable(int perm) {
        return (perm & WRITE) != 0;
    }

    /** Whether new topics may inherit. */
    public static boolean inheritable(int perm) {
        return (perm & INHERIT) != 0;
    }
}
