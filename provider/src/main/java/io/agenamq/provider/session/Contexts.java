// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.session;

import io.agenamq.provider.xa.BranchWorker;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XAJMSContext;
import org.jspecify.annotations.Nullable;

/** Makes contexts. */
public final class Contexts {

    private Contexts() {}

    /** Opens connections. */
    @FunctionalInterface
    public interface ConnectionSource {
        /** A connection that nobody has used yet. */
        AgenaConnection open() throws JMSException;
    }

    /** A context with a connection of its own, which it closes when it is the last one to use it. Waits for the broker. */
    public static JMSContext open(ConnectionSource source, int sessionMode) {
        AgenaContext.requireMode(sessionMode);
        return open(source, connection -> new AgenaContext(connection, sessionMode));
    }

    /** The same for one that works in branches. Waits for the broker. */
    public static XAJMSContext openXa(ConnectionSource source) {
        return open(source, AgenaXAContext::new);
    }

    /** Makes a context of some class. */
    @FunctionalInterface
    private interface Maker<C> {
        C make(AgenaConnection connection) throws JMSException;
    }

    private static <C> C open(ConnectionSource source, Maker<C> maker) {
        try {
            AgenaConnection connection = source.open();
            try {
                return maker.make(connection);
            } catch (JMSException | RuntimeException failed) {
                connection.close();
                throw failed;
            }
        } catch (JMSException failed) {
            throw Failures.unchecked(failed);
        }
    }

    /** The part in branches of a session that joins transactions by itself; null if it is none. */
    public static @Nullable BranchWorker branchWorker(Session session) {
        return session instanceof AgenaSession ours ? ours.joiningWork() : null;
    }

    /** The same for the session of a context. */
    public static @Nullable BranchWorker branchWorker(JMSContext context) {
        return context instanceof AgenaContext ours ? ours.session().joiningWork() : null;
    }
}
