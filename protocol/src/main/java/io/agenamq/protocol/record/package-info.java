// SPDX-License-Identifier: Apache-2.0
/**
 * The message record: the one byte layout that the log stores, the wire carries and the client decodes, and what belongs to it
 * (properties, identifiers, the body of a batch send). Read {@link io.agenamq.protocol.record.MessageRecord} first.
 *
 * <p>May use the JDK only. Everything here is stateless or owned by its caller; no type has a thread.
 */
@NullMarked
package io.agenamq.protocol.record;

import org.jspecify.annotations.NullMarked;
