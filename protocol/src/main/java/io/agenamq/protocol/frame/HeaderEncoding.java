// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

/** How the header of a frame is written. A server reads both, mixed on one connection, and answers in the encoding of the request. */
public enum HeaderEncoding {
    /** One JSON object; what RocketMQ's clients send unless told otherwise. */
    JSON(0),
    /** RocketMQ's compact form: fixed fields, then length-prefixed keys and values. Cannot carry codes above 32,767. */
    BINARY(1);

    private final int mark;

    HeaderEncoding(int mark) {
        this.mark = mark;
    }

    /** The byte that stands before the header length on the wire. */
    int mark() {
        return mark;
    }
}
