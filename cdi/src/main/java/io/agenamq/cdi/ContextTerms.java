// SPDX-License-Identifier: Apache-2.0
package io.agenamq.cdi;

import jakarta.enterprise.inject.spi.Annotated;
import jakarta.jms.JMSConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSPasswordCredential;
import jakarta.jms.JMSSessionMode;
import java.io.Serial;
import java.io.Serializable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of an injection point ask for. Equal terms mean the same context within a transaction or request (§12.4.4).
 *
 * @param factory name of the connection factory, empty for the default one
 * @param mode outside of transactions
 * @param userName null for a connection without credentials
 * @param password of the user
 */
record ContextTerms(String factory, int mode, @Nullable String userName, String password) implements Serializable {

    @Serial
    private static final long serialVersionUID = 1;

    /**
     * Reads the annotations.
     *
     * @throws IllegalArgumentException if they ask for what cannot be
     */
    static ContextTerms of(Annotated injectionPoint) {
        JMSConnectionFactory factory = injectionPoint.getAnnotation(JMSConnectionFactory.class);
        JMSSessionMode mode = injectionPoint.getAnnotation(JMSSessionMode.class);
        JMSPasswordCredential credential = injectionPoint.getAnnotation(JMSPasswordCredential.class);
        return new ContextTerms(
                factory == null ? "" : factory.value(),
                mode == null ? JMSContext.AUTO_ACKNOWLEDGE : checked(mode.value()),
                credential == null ? null : credential.userName(),
                credential == null ? "" : plain(credential.password()));
    }

    private static int checked(int mode) {
        if (mode == JMSContext.SESSION_TRANSACTED) {
            throw new IllegalArgumentException(
                    "@JMSSessionMode(SESSION_TRANSACTED) cannot be injected: nobody may commit an "
                            + "injected context; use @Transactional, or make the context with ConnectionFactory.createContext");
        }
        if (mode != JMSContext.AUTO_ACKNOWLEDGE
                && mode != JMSContext.DUPS_OK_ACKNOWLEDGE
                && mode != JMSContext.CLIENT_ACKNOWLEDGE) {
            throw new IllegalArgumentException("@JMSSessionMode(" + mode
                    + ") cannot be injected: there are AUTO_ACKNOWLEDGE, DUPS_OK_ACKNOWLEDGE and CLIENT_ACKNOWLEDGE");
        }
        return mode;
    }

    /** Aliases stand for a vault of the server's, which there is none of here (§12.4.5). */
    private static String plain(String password) {
        if (password.toUpperCase(Locale.ROOT).startsWith("ALIAS=")) {
            throw new IllegalArgumentException(
                    "the password of @JMSPasswordCredential is an alias of an application server; "
                            + "outside of one, give a connection factory that knows its user");
        }
        return password;
    }

    /** The same connection serves all that are equal in this. */
    ContextTerms ofConnection() {
        return new ContextTerms(factory, JMSContext.AUTO_ACKNOWLEDGE, userName, password);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return (factory.isEmpty() ? "the default connection factory" : "connection factory '" + factory + "'")
                + (userName == null ? "" : " as user '" + userName + "'");
    }
}
