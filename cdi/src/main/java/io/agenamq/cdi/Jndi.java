// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/** Objects that the surroundings have bound. The names are constants, or stand in annotations: none comes from a message or another input. */
final class Jndi {

    private Jndi() {}

    /** What is bound to a name, if it is of this type; null if not, or if there is no JNDI. */
    @SuppressWarnings("BanJNDI")
    static <T> @Nullable T lookup(String name, Class<T> type) {
        try {
            Object bound = new InitialContext().lookup(name);
            return type.isInstance(bound) ? type.cast(bound) : null;
        } catch (NamingException notBound) {
            return null;
        }
    }
}
