// SPDX-License-Identifier: Apache-2.0
package io.agenamq.provider.message;

import jakarta.jms.MessageFormatException;

/** The exceptions for what is not in the form that was asked for. */
final class FormatErrors {

    private FormatErrors() {}

    /** A failure that something else caused. */
    static MessageFormatException caused(String text, Throwable cause) {
        MessageFormatException failure = new MessageFormatException(text);
        failure.initCause(cause);
        if (cause instanceof Exception linked) {
            failure.setLinkedException(linked);
        }
        return failure;
    }

    /** The body cannot be had as what was asked for. */
    static MessageFormatException body(String what, Class<?> wanted) {
        return new MessageFormatException("the body is " + what + ", not a " + wanted.getName());
    }
}
