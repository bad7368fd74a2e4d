// SPDX-License-Identifier: Apache-2.0
package io.agenamq.bench.load;

/** A way to use a server. */
interface Load {

    /** Warms up, measures between {@link Meter#begin} and {@link Meter#end}, and returns. */
    void run(Plan plan, Meter meter) throws Exception;
}
