// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

/**
 * The name of a temporary destination, {@code unique@broker}: it says where the destination is, so that whoever is to reply need not look for it.
 *
 * @param unique letters and digits
 * @param broker name of the broker that has it in memory
 */
public record TemporaryName(String unique, String broker) {

    private static final char SEPARATOR = '@';

    static boolean isName(String name) {
        int at = name.indexOf(SEPARATOR);
        return at > 0 && at < name.length() - 1;
    }

    /** The name of a temporary destination. */
    public static TemporaryName of(AgenaDestination destination) {
        String name = destination.name();
        int at = name.indexOf(SEPARATOR);
        return new TemporaryName(name.substring(0, at), name.substring(at + 1));
    }

    @Override
    public String toString() {
        return unique + SEPARATOR + broker;
    }
}
