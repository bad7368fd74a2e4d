// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.system;

/** One of those that are measured in turn: a server with its processes. */
interface Side extends AutoCloseable {

    String name();

    boolean isOurs();

    /** Holds its processes while another one is measured. */
    void pause();

    /** Lets its processes go on. */
    void goOn();

    @Override
    void close();
}
