// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import jakarta.jms.JMSException;
import jakarta.jms.TemporaryQueue;
import org.jspecify.annotations.Nullable;

/** A temporary queue. What of it arrives in a message knows no owner: one can send to it, and nothing else. */
public final class AgenaTemporaryQueue extends AgenaDestination implements TemporaryQueue {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable TemporaryOwner owner;

    /**
     * A queue.
     *
     * @param name see {@link TemporaryName}
     * @param owner who made it; null if that is another connection
     */
    public AgenaTemporaryQueue(String name, @Nullable TemporaryOwner owner) {
        super(name);
        this.owner = owner;
    }

    @Override
    public String getQueueName() {
        return name();
    }

    @Override
    public boolean isQueue() {
        return true;
    }

    @Override
    public boolean isTemporary() {
        return true;
    }

    @Override
    public void delete() throws JMSException {
        TemporaryOwner.deleteBy(owner, this);
    }
}
