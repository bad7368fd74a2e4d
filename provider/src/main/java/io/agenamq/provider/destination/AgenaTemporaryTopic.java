// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import jakarta.jms.JMSException;
import jakarta.jms.TemporaryTopic;
import org.jspecify.annotations.Nullable;

/** A temporary topic. What of it arrives in a message knows no owner: one can send to it, and nothing else. */
public final class AgenaTemporaryTopic extends AgenaDestination implements TemporaryTopic {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable TemporaryOwner owner;

    /**
     * A topic.
     *
     * @param name see {@link TemporaryName}
     * @param owner who made it; null if that is another connection
     */
    public AgenaTemporaryTopic(String name, @Nullable TemporaryOwner owner) {
        super(name);
        this.owner = owner;
    }

    @Override
    public String getTopicName() {
        return name();
    }

    @Override
    public boolean isQueue() {
        return false;
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
