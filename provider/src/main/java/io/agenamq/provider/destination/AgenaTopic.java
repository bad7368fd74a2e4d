// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import jakarta.jms.Topic;

/** A topic by name. */
public final class AgenaTopic extends AgenaDestination implements Topic {

    private static final long serialVersionUID = 1L;

    /** The topic of this name. */
    public AgenaTopic(String name) {
        super(name);
    }

    @Override
    public String getTopicName() {
        return name();
    }

    @Override
    public boolean isQueue() {
        return false;
    }
}
