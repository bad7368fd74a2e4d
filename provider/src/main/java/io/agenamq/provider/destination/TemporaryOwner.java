// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/** The connection that temporary destinations belong to. */
@FunctionalInterface
public interface TemporaryOwner {

    /**
     * Ends a destination of this connection.
     *
     * @throws JMSException if it has consumers, or the connection is closed
     */
    void delete(AgenaDestination destination) throws JMSException;

    /** The same, where there may be nobody: the object came out of a message or a file. */
    static void deleteBy(@Nullable TemporaryOwner owner, AgenaDestination destination) throws JMSException {
        if (owner == null) {
            throw new JMSException(
                    destination + " can be deleted by the connection that made it, through the object it was given");
        }
        owner.delete(destination);
    }
}
