// SPDX-License-Identifier: Apache-2.0
package io.agenamq.broker.config;

/** Which connections are served although they do not say who they are. */
public enum AnonymousAccess {
    /** Those of this machine, over its loopback interface. */
    LOOPBACK,
    /** All. */
    ALL,
    /** None: every client logs in. */
    NONE
}
