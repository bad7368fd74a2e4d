// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.jms;

/** A way to use a server. */
interface JmsLoad {

    /** Warms up, measures between {@link JmsMeter#begin} and {@link JmsMeter#end}, and returns; what it started may go on. */
    void run(JmsPlan plan, JmsMeter meter) throws Exception;
}
