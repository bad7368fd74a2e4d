// SPDX-License-Identifier: Apache-2.0
package io.agenamq.protocol.frame;

/** The fields of one command, as it writes itself. Command records implement it; they are immutable, so any thread may write them. */
@FunctionalInterface
public interface Header {

    /** A command without fields. */
    Header NONE = out -> {};

    /** Writes every field that has a value, in any order. */
    void writeTo(FieldWriter out);
}
