// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.destination;

import jakarta.jms.Queue;

/** A queue by name. */
public final class AgenaQueue extends AgenaDestination implements Queue {

    private static final long serialVersionUID = 1L;

    /** The queue of this name. */
    public AgenaQueue(String name) {
        super(name);
    }

    @Override
    public String getQueueName() {
        return name();
    }

    @Override
    public boolean isQueue() {
        return true;
    }
}
