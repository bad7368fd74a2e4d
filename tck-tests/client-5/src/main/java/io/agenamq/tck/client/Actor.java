// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

/** A producer or consumer of the official client that does what a test says. Verbs of one actor may be performed concurrently. */
interface Actor extends AutoCloseable {

    /**
     * Performs one request and returns the answer.
     *
     * @throws Exception what the official client threw; the test sees its class, message and response code
     */
    Line perform(String verb, Line arguments) throws Exception;

    @Override
    void close();
}
