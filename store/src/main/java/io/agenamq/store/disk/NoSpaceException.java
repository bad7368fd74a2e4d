// SPDX-License-Identifier: Apache-2.0
package io.agenamq.store.disk;

import java.io.IOException;

/** The disk, or the store's share of it, is full. An expected failure: nothing is damaged, and it passes. */
public final class NoSpaceException extends IOException {

    /** Says which file wanted the space. */
    public NoSpaceException(String message) {
        super(message);
    }

    /** Says which file wanted the space. */
    public NoSpaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
