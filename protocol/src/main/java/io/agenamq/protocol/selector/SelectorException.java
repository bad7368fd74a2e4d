// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.selector;

/**
 * A selector or tag expression is refused. The message is one line for people: the column, what was expected, what stands there instead.
 *
 * <p>Checked, because every caller turns it into a refusal of its own: {@code InvalidSelectorException} in the provider, RocketMQ response code
 * 23 in the broker. Without a stack trace: it is the sender's mistake, and senders may make it often.
 */
public final class SelectorException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int column;

    SelectorException(int column, String reason) {
        super("selector column " + column + ": " + reason, null, false, false);
        this.column = column;
    }

    /** Where the mistake is noticed: 1 for the first UTF-16 character of the text. */
    public int column() {
        return column;
    }
}
