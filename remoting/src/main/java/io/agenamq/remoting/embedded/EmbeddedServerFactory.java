// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting.embedded;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Starts servers in this virtual machine. A jar that has one names it in {@code META-INF/services}. Any thread. */
public interface EmbeddedServerFactory {

    /**
     * Starts a name server and a broker, which know each other when this returns.
     *
     * @param name what the server is called, for its log
     * @param data where its messages are kept; null keeps nothing beyond its end
     * @throws IOException if it cannot be; the message is one line for people
     */
    EmbeddedServer start(String name, @Nullable String data) throws IOException;
}
