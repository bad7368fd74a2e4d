// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

/** A way to use a server. */
interface JmsLoad {

    /** Warms up, measures between {@link JmsMeter#begin} and {@link JmsMeter#end}, and returns; what it started goes on until its clients are closed. */
    void run(JmsPlan plan, JmsClients clients, JmsMeter meter) throws Exception;
}
