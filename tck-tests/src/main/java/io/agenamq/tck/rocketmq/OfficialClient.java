// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.server.Checkout;

/** The versions of the official client that must work unmodified; each has a class path of its own. */
public enum OfficialClient {
    V4_9("tck-tests/client-4.9"),
    V5_5("tck-tests/client-5");

    private final String module;

    OfficialClient(String module) {
        this.module = module;
    }

    String classPath() {
        return Checkout.classPath(module);
    }
}
