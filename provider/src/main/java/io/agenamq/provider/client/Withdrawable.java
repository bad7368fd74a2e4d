// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.client;

/** The answer to a message that may not have been sent yet. */
public interface Withdrawable {

    /**
     * Takes the message back if it is certain that it was not sent: it fails with {@link ClientException.Reason#UNREACHABLE}, and is not sent. Otherwise
     * nothing happens.
     */
    void withdraw();
}
