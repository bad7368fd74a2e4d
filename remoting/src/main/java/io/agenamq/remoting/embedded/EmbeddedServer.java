// SPDX-License-Identifier: Apache-2.0
package io.agenamq.remoting.embedded;

import io.agenamq.remoting.HostPort;
import java.io.Closeable;

/** A server that runs in this virtual machine, for those who know its secret. */
public interface EmbeddedServer extends Closeable {

    /** Where its name server listens; of this machine only. */
    HostPort nameServer();

    /** Who may log in. */
    String user();

    /** His password, which is made anew for each server and known to nobody else. */
    String password();

    /** Stops it; returns when that is done. Closing twice is closing once. */
    @Override
    void close();
}
