// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker;

import io.agenamq.remoting.embedded.EmbeddedServer;
import io.agenamq.remoting.embedded.EmbeddedServerFactory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Starts brokers in the virtual machine of their clients. Found by {@link java.util.ServiceLoader}. */
public final class EmbeddedBrokers implements EmbeddedServerFactory {

    /** For the service loader. */
    public EmbeddedBrokers() {}

    @Override
    public EmbeddedServer start(String name, @Nullable String data) throws IOException {
        return EmbeddedBroker.start(name, data);
    }
}
