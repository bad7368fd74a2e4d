// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.client;

/** Where an actor tells the test what it observed without being asked. Any thread; lines never mix. */
interface Events {

    void report(Line event);
}
