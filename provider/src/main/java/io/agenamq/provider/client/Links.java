// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

/** Makes links. */
public final class Links {

    private Links() {}

    /**
     * A link over the network that has not connected yet.
     *
     * @param clientId shown by brokers; unique
     */
    public static Link overNetwork(LinkConfig config, String clientId) {
        return new RemotingLink(config, clientId, "agena-client-io");
    }
}
