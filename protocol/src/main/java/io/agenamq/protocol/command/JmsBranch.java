// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.command;

import io.agenamq.protocol.frame.FieldWriter;
import io.agenamq.protocol.frame.Fields;
import io.agenamq.protocol.frame.ProtocolException;
import java.util.HexFormat;

/**
 * Identity of a branch: the part of a transaction that brokers hold until somebody else has decided about it. Every broker that takes part knows its own part by
 * the same identity; a branch belongs to the user who began it, so that two users may have the same. As text, on the wire and for operators, it is the word of
 * the kind, a colon, and the id.
 *
 * @param kind who decides
 * @param id one of its kind: 1 to {@value #ID_LENGTH_MAX} visible ASCII characters
 */
public record JmsBranch(Kind kind, String id) {

    /** Most characters of an id. The longest Xid has 266. */
    public static final int ID_LENGTH_MAX = 300;

    private static final char XID_SEPARATOR = '.';
    private static final int FORMAT_ID_DIGITS = 2 * Integer.BYTES;
    private static final int XID_PART_BYTES_MAX = 64;

    /** Who decides about a branch. */
    public enum Kind {
        /** A transaction manager (JTA). While it is silent, a prepared branch stays as it is. */
        XA("xa"),
        /** The home broker of a session's local transaction that has parts on other brokers. Who has heard nothing asks the home broker. */
        LOCAL("local"),
        /** A row in a database of the application. The broker asks any living member of the group for it. */
        TABLE("tab"),
        /** The producer group that sent a half message of RocketMQ's. Occurs in lists for operators only. */
        HALF("half");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** How it begins as text. */
        public String word() {
            return word;
        }

        /**
         * The kind of this word.
         *
         * @throws IllegalArgumentException if there is none
         */
        public static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word.equals(word)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("there is no kind '" + word + "' of branches");
        }
    }

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    public JmsBranch {
        if (id.isEmpty() || id.length() > ID_LENGTH_MAX || id.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("the id of a branch has 1 to " + ID_LENGTH_MAX
                    + " visible ASCII characters; this one has " + id.length());
        }
    }

    /**
     * The branch of an Xid (JTA 2.0, {@code javax.transaction.xa.Xid}): format as 8 hexadecimal digits, global transaction and branch qualifier in
     * hexadecimal, with points between.
     *
     * @throws IllegalArgumentException if a part has more than 64 bytes
     */
    public static JmsBranch xa(int formatId, byte[] globalTransaction, byte[] qualifier) {
        if (globalTransaction.length > XID_PART_BYTES_MAX || qualifier.length > XID_PART_BYTES_MAX) {
            throw new IllegalArgumentException("an Xid with parts of " + globalTransaction.length + " and "
                    + qualifier.length + " bytes; at most " + XID_PART_BYTES_MAX + " are possible");
        }
        HexFormat hex = HexFormat.of();
        return new JmsBranch(
                Kind.XA,
                hex.toHexDigits(formatId)
                        + XID_SEPARATOR
                        + hex.formatHex(globalTransaction)
                        + XID_SEPARATOR
                        + hex.formatHex(qualifier));
    }

    /** The part on one broker of a session's local transaction. */
    public static JmsBranch local(JmsTransaction transaction) {
        return new JmsBranch(Kind.LOCAL, transaction.toString());
    }

    /** The format of the Xid. */
    public int formatId() {
        return HexFormat.fromHexDigits(xidPart(0));
    }

    /** The global transaction of the Xid. */
    public byte[] globalTransaction() {
        return HexFormat.of().parseHex(xidPart(1));
    }

    /** The branch qualifier of the Xid. */
    public byte[] qualifier() {
        return HexFormat.of().parseHex(xidPart(2));
    }

    private String xidPart(int index) {
        String[] parts = id.split("\\.", -1);
        if (kind != Kind.XA || parts.length != 3 || parts[0].length() != FORMAT_ID_DIGITS) {
            throw new IllegalArgumentException("branch " + this + " is not that of an Xid");
        }
        return parts[index];
    }

    /**
     * The branch that a text names.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static JmsBranch parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("a branch is named by its kind, a colon, and its id");
        }
        return new JmsBranch(Kind.of(text.substring(0, colon)), text.substring(colon + 1));
    }

    /** Refuses what no client of ours sends. */
    static JmsBranch readFrom(Fields in) {
        try {
            return parse(in.requireText("b"));
        } catch (IllegalArgumentException malformed) {
            throw new ProtocolException(ResponseCode.INVALID_PARAMETER, String.valueOf(malformed.getMessage()));
        }
    }

    void writeTo(FieldWriter out) {
        out.put("b", toString());
    }

    /** Kind, colon, id. */
    @Override
    public String toString() {
        return kind.word + ":" + id;
    }
}
