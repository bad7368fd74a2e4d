// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

/** The machine has stopped. An Error, so that no code under test takes it for a failure it could handle. */
public final class SimulatedCrash extends Error {

    SimulatedCrash(String where) {
        super("the simulated machine has stopped " + where, null, false, false);
    }
}
