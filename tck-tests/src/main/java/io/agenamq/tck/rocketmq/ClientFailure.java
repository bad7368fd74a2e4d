// SPDX-License-Identifier: Apache-2.0
package io.agenamq.tck.rocketmq;

import io.agenamq.tck.client.Line;

/** What the official client threw in its process. */
public final class ClientFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String type;
    private final int code;

    ClientFailure(Line failure) {
        super(failure.text("type") + ": " + failure.text("message", "?"));
        this.type = failure.text("type");
        this.code = failure.number("code", -1);
    }

    /** Simple name of the exception's class. */
    public String type() {
        return type;
    }

    /** The response code that the broker refused with, or −1 if there was none. */
    public int code() {
        return code;
    }
}
