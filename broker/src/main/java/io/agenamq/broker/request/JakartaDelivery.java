// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.request;

import io.agenamq.protocol.command.SendMessageRequest;
import io.agenamq.remoting.Request;
import java.util.Map;

/** What the half of the broker that serves Jakarta clients does for requests that clients of both kinds make. Any thread. */
public interface JakartaDelivery {

    /** Takes a message for a temporary destination, and answers. On the event loop of its connection, as long as the request's body is valid. */
    void sendToTemporary(Request request, SendMessageRequest send);

    /**
     * The same for a message of a transaction.
     *
     * @return delivers it; run when the transaction is committed, at most once, on any thread
     */
    Runnable holdForTemporary(Request request, SendMessageRequest send);

    /**
     * Removes a topic, or refuses because consumers of its durable subscriptions, which end with it, would go on waiting for nothing.
     *
     * @param removal removes it and answers; run when nobody can begin to use such a subscription meanwhile, on another thread
     */
    void removeTopic(Request request, String topic, Runnable removal);

    /** Adds its figures to those that an operator sees. */
    void addFigures(Map<String, String> figures);
}
